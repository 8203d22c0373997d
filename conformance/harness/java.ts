// Java programs of the harness: run from source, told what to do by lines of JSON, and answering with such.

import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Child, HERE, ROOT } from './child.ts';

const OLDEST_JAVA = 21;
const JAVA = java();
const LIBRARIES_WITHIN_MS = 300_000;
const ENDS_WITHIN_MS = 5_000;

/** A Java new enough for the programs: of JAVA_HOME, on the PATH, or in the usual folder. */
function java(): string {
  const installed = existsSync('/usr/lib/jvm') ? readdirSync('/usr/lib/jvm').map(name => `/usr/lib/jvm/${name}`) : [];
  const homes = [process.env.JAVA_HOME, ...installed].filter(home => home !== undefined);
  const candidates = [...homes.slice(0, 1), undefined, ...homes.slice(1)].map(home => (home ? `${home}/bin/java` : 'java'));
  const found = candidates.find(candidate => {
    const version = /version "(\d+)/.exec(spawnSync(candidate, ['-version'], { encoding: 'utf8' }).stderr ?? '');
    return version !== null && Number(version[1]) >= OLDEST_JAVA;
  });
  return found ?? 'java';
}

/** The class path of a Maven project, asked of Maven. */
export async function classPath(name: string, ...project: string[]): Promise<string> {
  const file = `${HERE}out/${name}-class-path.txt`;
  mkdirSync(`${HERE}out`, { recursive: true });
  rmSync(file, { force: true });
  const command = ['mvn', '--batch-mode', '--no-transfer-progress', '-q', ...project];
  command.push('dependency:build-classpath', '-DincludeScope=runtime', `-Dmdep.outputFile=${file}`);
  const { code, output } = await Child.run(command, LIBRARIES_WITHIN_MS, { cwd: ROOT });
  if (code !== 0) throw new Error(`Maven could not name the Java libraries: ${output.slice(-500)}`);
  return readFileSync(file, 'utf8').trim();
}

/** The command that runs a Java program from its source. */
export function javaCommand(classPath: string, source: string, ...args: string[]): string[] {
  return [JAVA, '-XX:TieredStopAtLevel=1', '-Xmx256m', '-cp', classPath, source, ...args];
}

/** Answers to a command carry its id; what else such a line holds, its program knows. */
export interface Line {
  id?: number;
  ready?: boolean;
  error?: string;
}

/** A program that says `{"ready":true}` first. */
export class JavaProgram<L extends Line> {
  private readonly process: ChildProcessWithoutNullStreams;
  private readonly waiting = new Map<number, (line: L) => void>();
  private readonly ended: Promise<void>;
  private lastId = 0;

  private constructor(process: ChildProcessWithoutNullStreams) {
    this.process = process;
    this.ended = new Promise(resolve => process.on('close', () => resolve()));
  }

  static async start<L extends Line>([program = JAVA, ...args]: string[]): Promise<JavaProgram<L>> {
    const java = new JavaProgram<L>(spawn(program, args, { stdio: 'pipe' }));
    await java.ready();
    return java;
  }

  private ready(): Promise<void> {
    let err = '';
    this.process.stderr.on('data', chunk => (err += chunk));
    return new Promise((resolve, reject) => {
      createInterface({ input: this.process.stdout }).on('line', text => {
        const line: L = JSON.parse(text);
        if (line.ready) resolve();
        else this.waiting.get(line.id ?? 0)?.(line);
      });
      void this.ended.then(() => {
        reject(new Error(`the Java program ended: ${err.trim().split('\n').slice(0, 3).join(' | ')}`));
        for (const [id, tell] of this.waiting) tell({ id, error: 'the Java program ended' } as L);
      });
    });
  }

  /** The last line about a command; `between` gets those before it, and says whether a line is one. */
  ask(command: object, between?: (line: L) => boolean): Promise<L> {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, line => {
        if (between?.(line)) return;
        this.waiting.delete(id);
        if (line.error) reject(new Error(line.error));
        else resolve(line);
      });
      this.say(JSON.stringify({ id, ...command }));
    });
  }

  say(line: string): void {
    this.process.stdin.write(`${line}\n`);
  }

  async close(): Promise<void> {
    this.process.stdin.end();
    const timer = setTimeout(() => this.process.kill('SIGKILL'), ENDS_WITHIN_MS);
    await this.ended;
    clearTimeout(timer);
  }
}
