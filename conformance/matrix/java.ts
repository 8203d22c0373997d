// The Java programs of the matrix: run from source, with the libraries of examples/java-guard.

import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Child, HERE, ROOT } from '../harness/child.ts';
import { type Arguments, type CallOptions, type Connection, type Result, result } from './clients.ts';

const OLDEST_JAVA = 21;
const JAVA = java();
const LIBRARIES_WITHIN_MS = 300_000;

let libraries: Promise<string> | undefined;

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

/** The class path of the Java SDK and our guard, asked of Maven once. */
function classPath(): Promise<string> {
  libraries ??= (async () => {
    const file = `${HERE}out/java-class-path.txt`;
    mkdirSync(`${HERE}out`, { recursive: true });
    rmSync(file, { force: true });
    const command = ['mvn', '--batch-mode', '--no-transfer-progress', '-q', '-pl', 'examples/java-guard', '-am', 'compile'];
    command.push('dependency:build-classpath', '-DincludeScope=compile', '-Dspotless.check.skip=true', `-Dmdep.outputFile=${file}`);
    const { code, output } = await Child.run(command, LIBRARIES_WITHIN_MS, { cwd: ROOT });
    if (code !== 0) throw new Error(`Maven could not name the Java libraries: ${output.slice(-500)}`);
    return `${ROOT}examples/java-guard/target/classes:${readFileSync(file, 'utf8').trim()}`;
  })();
  return libraries;
}

/** The command that runs a Java program of this folder. */
export async function javaCommand(program: string, ...args: string[]): Promise<string[]> {
  return [JAVA, '-XX:TieredStopAtLevel=1', '-Xmx256m', '-cp', await classPath(), `${HERE}matrix/${program}.java`, ...args];
}

interface Line {
  id?: number;
  ready?: boolean;
  tools?: string[];
  result?: unknown;
  error?: string;
  progress?: number;
}

/** A client of the Java SDK in a process of its own. */
export class JavaClient implements Connection {
  private readonly process: ChildProcessWithoutNullStreams;
  private readonly waiting = new Map<number, (line: Line) => void>();
  private readonly ended: Promise<void>;
  private lastId = 0;

  private constructor(process: ChildProcessWithoutNullStreams) {
    this.process = process;
    this.ended = new Promise(resolve => process.on('close', () => resolve()));
  }

  static async connect(url: string, key?: string): Promise<Connection> {
    const [program = JAVA, ...args] = await javaCommand('JavaClient', url, ...(key ? [key] : []));
    const client = new JavaClient(spawn(program, args, { stdio: 'pipe' }));
    await client.ready();
    return client;
  }

  private ready(): Promise<void> {
    let err = '';
    this.process.stderr.on('data', chunk => (err += chunk));
    return new Promise((resolve, reject) => {
      createInterface({ input: this.process.stdout }).on('line', text => {
        const line: Line = JSON.parse(text);
        if (line.ready) resolve();
        else this.waiting.get(line.id ?? 0)?.(line);
      });
      void this.ended.then(() => {
        reject(new Error(`the Java client ended: ${err.trim().split('\n').slice(0, 3).join(' | ')}`));
        for (const [id, tell] of this.waiting) tell({ id, error: 'the Java client ended' });
      });
    });
  }

  private ask(command: object, onProgress?: () => void): Promise<Line> {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, line => {
        if (line.progress !== undefined) return onProgress?.();
        this.waiting.delete(id);
        if (line.error) reject(new Error(line.error));
        else resolve(line);
      });
      this.process.stdin.write(`${JSON.stringify({ id, ...command })}\n`);
    });
  }

  async list(): Promise<string[]> {
    return (await this.ask({})).tools ?? [];
  }

  async call(tool: string, args: Arguments, { onProgress }: CallOptions = {}): Promise<Result> {
    return result((await this.ask({ tool, args }, onProgress)).result);
  }

  async close(): Promise<void> {
    this.process.stdin.end();
    const timer = setTimeout(() => this.process.kill('SIGKILL'), 5_000);
    await this.ended;
    clearTimeout(timer);
  }
}
