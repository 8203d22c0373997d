// The tool servers of the matrix: on a port of their own that they keep over a restart, or started by the
// gateway.

import { execFileSync, spawn } from 'node:child_process';
import { closeSync, constants, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { HERE, NODE } from '../harness/child.ts';
import { freePort } from '../harness/relay.ts';
import type { Arguments } from './clients.ts';
import { javaCommand } from './java.ts';

const MODULES = `${HERE}node_modules`;
const EVERYTHING = `${MODULES}/@modelcontextprotocol/server-everything/dist/index.js`;
const FILESYSTEM = `${MODULES}/@modelcontextprotocol/server-filesystem/dist/index.js`;
const START_WITHIN_MS = 60_000;
const POLL_MS = 50;

export interface Call {
  tool: string;
  args: Arguments;
}

/** What the cells of one upstream's column do. */
export interface Part {
  name: string;
  allowed: Call & { says: string };
  /** A call that matrix.yaml denies by its arguments; the tool itself is listed. */
  denied: Call;
  /** A tool that matrix.yaml denies altogether, so that no list has it. */
  hidden: string;
  /** A call that takes about so many milliseconds, or nothing if the server has no such tool. */
  slow?: (ms: number, key: string) => Call;
  progress: boolean;
  /** Whether the server knows nothing of the modern era, so that a modern client needs the gateway. */
  legacyOnly?: true;
  /** Asks whether the slow call of this key was cancelled, where the server can tell. */
  wasCancelled?: (key: string) => Call;
  /** Lets go of slow calls that would never end by themselves. */
  release?: () => void;
}

export interface Upstream extends Part {
  /** The server's address, or nothing if the gateway starts it. */
  url?: string;
  /** The command by which the gateway starts the server. */
  stdio?: string;
  /** Starts the server, or starts it again. */
  start(gateway?: string): Promise<void>;
  /** Ends the server and what it started, at once. */
  kill(): Promise<void>;
}

const FIXTURE: Part = {
  name: 'fixture',
  allowed: { tool: 'test_header_parameters', args: { region: 'eu', note: 'x' }, says: 'Region eu' },
  denied: { tool: 'test_header_parameters', args: { region: 'forbidden', note: 'x' } },
  hidden: 'fixture_forbidden',
  slow: (ms, key) => ({ tool: 'fixture_wait', args: { key, ms } }),
  progress: true,
  wasCancelled: key => ({ tool: 'fixture_was_cancelled', args: { key } }),
};

const EVERYTHING_PART: Omit<Part, 'name'> = {
  allowed: { tool: 'echo', args: { message: 'hi' }, says: 'Echo: hi' },
  denied: { tool: 'echo', args: { message: 'forbidden' } },
  hidden: 'get-env',
  slow: ms => ({ tool: 'trigger-long-running-operation', args: { duration: ms / 1000, steps: Math.ceil(ms / 100) } }),
  progress: true,
  legacyOnly: true,
};

const filesystem = (name: string, folder: string): Part => ({
  name,
  allowed: { tool: 'read_text_file', args: { path: `${folder}/hello.txt` }, says: 'hello from a file' },
  denied: { tool: 'write_file', args: { path: `${folder}/forbidden.txt`, content: 'x' } },
  hidden: 'move_file',
  // A pipe that nobody writes to: reading it takes until somebody gives up.
  slow: () => ({ tool: 'read_text_file', args: { path: `${folder}/pipe` } }),
  progress: false,
  release: () => {
    try {
      closeSync(openSync(`${folder}/pipe`, constants.O_WRONLY | constants.O_NONBLOCK));
    } catch {
      // Nobody reads.
    }
  },
});

const JAVA: Part = {
  name: 'java',
  allowed: { tool: 'echo', args: { text: 'hi' }, says: 'Echo: hi' },
  denied: { tool: 'echo', args: { text: 'forbidden' } },
  hidden: 'forbidden',
  slow: ms => ({ tool: 'wait', args: { ms } }),
  progress: true,
};

interface Program {
  command: (port: number, gateway: string) => string[] | Promise<string[]>;
  env?: (port: number) => Record<string, string>;
  /** How long after its start the server still refuses calls. */
  settlesMs?: number;
}

/** A server that is a program with a port. */
async function program(part: Part, { command, env, settlesMs = 0 }: Program): Promise<Upstream> {
  const port = await freePort();
  let end = async () => {};
  return {
    ...part,
    url: `http://127.0.0.1:${port}/mcp`,
    async start(gateway = '') {
      const [file = NODE, ...args] = await command(port, gateway);
      // In a process group of its own, so that a bridge and its child end together.
      const child = spawn(file, args, { stdio: ['pipe', 'ignore', 'ignore'], detached: true, env: { ...process.env, ...env?.(port) } });
      const ended = new Promise<void>(resolve => child.on('exit', () => resolve()));
      const { pid } = child;
      const killGroup = () => {
        try {
          if (pid) process.kill(-pid, 'SIGKILL');
        } catch {
          // All of them have ended already.
        }
      };
      process.once('exit', killGroup);
      end = async () => {
        process.off('exit', killGroup);
        killGroup();
        await ended;
        end = async () => {};
      };
      await listening(port);
      await delay(settlesMs);
    },
    kill: () => end(),
  };
}

/** A server that the gateway starts and starts again; it writes down its process id, so that it can be ended. */
function started(part: Part, folder: string, command: string[]): Upstream {
  const pid = `${folder}/${part.name}.pid`;
  return {
    ...part,
    stdio: `/bin/sh -c "echo $$ > ${pid}; exec ${command.join(' ')}"`,
    start: async () => {},
    kill: async () => {
      if (!existsSync(pid)) return;
      try {
        process.kill(Number(readFileSync(pid, 'utf8')), 'SIGKILL');
      } catch {
        // It has ended already.
      }
      rmSync(pid);
    },
  };
}

/** The upstreams, and what to do when all is over. */
export async function upstreams(): Promise<{ all: Upstream[]; cleanUp: () => void }> {
  const folder = mkdtempSync(`${tmpdir()}/interceptor-matrix-`);
  writeFileSync(`${folder}/hello.txt`, 'hello from a file');
  execFileSync('mkfifo', [`${folder}/pipe`]);
  const proxy = `${MODULES}/mcp-proxy/dist/bin/mcp-proxy.mjs`;
  const gateway = `${MODULES}/supergateway/dist/index.js`;
  const all = [
    await program(FIXTURE, { command: port => [NODE, `${HERE}fixture/server.ts`, `${port}`] }),
    await program({ name: 'everything', ...EVERYTHING_PART }, {
      command: () => [NODE, EVERYTHING, 'streamableHttp'],
      env: port => ({ PORT: `${port}` }),
    }),
    await program(filesystem('mcp-proxy', folder), {
      command: port => [NODE, proxy, '--host', '127.0.0.1', '--port', `${port}`, '--server', 'stream', '--', NODE, FILESYSTEM, folder],
    }),
    await program({ ...filesystem('supergateway', folder), legacyOnly: true }, {
      command: port => [NODE, gateway, '--stdio', `${NODE} ${FILESYSTEM} ${folder}`, '--outputTransport', 'streamableHttp', '--port', `${port}`],
    }),
    await program(JAVA, {
      command: (port, url) => javaCommand('JavaServer', `${port}`, `${url}/.well-known/jwks.json`),
      // It refuses tokens that may have been used before it was started.
      settlesMs: 2_500,
    }),
    started({ name: 'stdio', ...EVERYTHING_PART }, folder, [NODE, EVERYTHING, 'stdio']),
  ];
  return { all, cleanUp: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Waits until something accepts connections. */
async function listening(port: number): Promise<void> {
  const end = Date.now() + START_WITHIN_MS;
  while (Date.now() < end) {
    const accepted = await new Promise<boolean>(resolve => {
      const socket = connect(port, '127.0.0.1', () => resolve(true));
      socket.on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (accepted) return;
    await delay(POLL_MS);
  }
  throw new Error(`nothing listens on port ${port}`);
}
