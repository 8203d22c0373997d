// Programs that the harness starts: bounded in time, and ended by their own id.

import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** The folder of this harness, and the repository's. */
export const HERE = fileURLToPath(new URL('..', import.meta.url));
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const NODE = process.execPath;

const KILL_AFTER_MS = 10_000;

/** What is running now. Nothing outlives us, whatever ends us. */
const running = new Set<ChildProcess>();
process.on('exit', () => running.forEach(child => child.kill('SIGTERM')));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

export class Child {
  private readonly process: ChildProcess;
  private readonly ended: Promise<number>;

  private constructor(process: ChildProcess) {
    this.process = process;
    running.add(process);
    this.ended = new Promise(resolve => {
      process.on('close', code => resolve(code ?? 1));
      process.on('error', () => resolve(1));
    });
    void this.ended.then(() => running.delete(process));
  }

  /** Starts a program that prints one line of JSON when it is ready, and gives both. */
  static async ready<T>(command: string[], withinMs: number, options: SpawnOptions = {}): Promise<[Child, T]> {
    const [program, ...args] = command;
    const child = new Child(spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], ...options }));
    try {
      return [child, JSON.parse(await child.firstLine(command, withinMs)) as T];
    } catch (error) {
      await child.stop();
      throw error;
    }
  }

  private firstLine(command: string[], withinMs: number): Promise<string> {
    const what = command.join(' ');
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`not ready within ${withinMs} ms: ${what}`)), withinMs);
      createInterface({ input: this.process.stdout ?? Readable.from([]) }).once('line', line => {
        clearTimeout(timer);
        resolve(line);
      });
      void this.ended.then(code => {
        clearTimeout(timer);
        reject(new Error(`ended with ${code} before it was ready: ${what}`));
      });
    });
  }

  /** Runs a program to its end and gives its exit code and what it printed. */
  static async run(command: string[], withinMs: number, options: SpawnOptions = {}): Promise<{ code: number; output: string }> {
    const [program, ...args] = command;
    const child = new Child(spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options }));
    const chunks: Buffer[] = [];
    for (const stream of [child.process.stdout, child.process.stderr]) stream?.on('data', chunk => chunks.push(chunk));
    const timer = setTimeout(() => void child.stop(), withinMs);
    const code = await child.ended;
    clearTimeout(timer);
    return { code, output: Buffer.concat(chunks).toString('utf8') };
  }

  /** Asks the program to end, and ends it if it does not. */
  async stop(): Promise<void> {
    const timer = setTimeout(() => this.process.kill('SIGKILL'), KILL_AFTER_MS);
    this.process.stdin?.end();
    this.process.kill('SIGTERM');
    await this.ended;
    clearTimeout(timer);
  }
}
