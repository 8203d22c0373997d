// The Java programs of the matrix, with the libraries of examples/java-guard.

import { HERE, ROOT } from '../harness/child.ts';
import { classPath, javaCommand as command, JavaProgram, type Line } from '../harness/java.ts';
import { type Arguments, type CallOptions, type Connection, type Result, result } from './clients.ts';

let libraries: Promise<string> | undefined;

/** The Java SDK and our guard, compiled for this. */
async function guard(): Promise<string> {
  const found = await classPath('java', '-pl', 'examples/java-guard', '-am', '-Dspotless.check.skip=true', 'compile');
  return `${ROOT}examples/java-guard/target/classes:${found}`;
}

/** The command that runs a Java program of this folder. */
export async function javaCommand(program: string, ...args: string[]): Promise<string[]> {
  libraries ??= guard();
  return command(await libraries, `${HERE}matrix/${program}.java`, ...args);
}

interface Answer extends Line {
  tools?: string[];
  result?: unknown;
  progress?: number;
}

/** A client of the Java SDK in a process of its own. */
export class JavaClient implements Connection {
  private readonly program: JavaProgram<Answer>;

  private constructor(program: JavaProgram<Answer>) {
    this.program = program;
  }

  static async connect(url: string, key?: string): Promise<Connection> {
    return new JavaClient(await JavaProgram.start<Answer>(await javaCommand('JavaClient', url, ...(key ? [key] : []))));
  }

  async list(): Promise<string[]> {
    return (await this.program.ask({})).tools ?? [];
  }

  async call(tool: string, args: Arguments, { onProgress }: CallOptions = {}): Promise<Result> {
    const { result: answer } = await this.program.ask({ tool, args }, line => {
      if (line.progress === undefined) return false;
      onProgress?.();
      return true;
    });
    return result(answer);
  }

  close(): Promise<void> {
    return this.program.close();
  }
}
