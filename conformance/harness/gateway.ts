// The interceptor with everything it needs, and the fixture to put behind it.

import { closeSync, mkdirSync, openSync } from 'node:fs';
import { Child, HERE, NODE, ROOT } from './child.ts';

/** A first start builds the product. */
const START_WITHIN_MS = 300_000;
const FIXTURE_WITHIN_MS = 20_000;

interface Ready {
  url: string;
  admin_url: string;
  api_key: string;
  admin_key: string;
}

/** A tool server: at a URL, or started by a command. */
export interface ToolServer {
  name: string;
  url?: string;
  stdio?: string;
}

export class Gateway {
  private readonly child: Child;
  private readonly ready: Ready;

  private constructor(child: Child, ready: Ready) {
    this.child = child;
    this.ready = ready;
  }

  /**
   * Starts a gateway before these servers, with every feature of each turned on, and with more options and
   * variables if there are any; its log goes to `out/gateway.log`.
   */
  static async start(servers: ToolServer[], policy = 'allow-all.yaml', options: string[] = [], env: Record<string, string> = {}): Promise<Gateway> {
    const command = [`${ROOT}interceptor`, 'dev', '--json', '--ephemeral', '--port', '0', '--admin-port', '0'];
    command.push('--policy', `${HERE}${policy}`);
    for (const { name, url, stdio } of servers) {
      command.push(...(stdio ? ['--stdio', `${name}=${stdio}`] : ['--upstream', `${name}=${url}`]));
      command.push('--expose', `${name}=all`);
    }
    command.push(...options);
    mkdirSync(`${HERE}out`, { recursive: true });
    const log = openSync(`${HERE}out/gateway.log`, 'a');
    const [child, ready] = await Child.ready<Ready>(command, START_WITHIN_MS, { stdio: ['ignore', 'pipe', log], env: { ...process.env, ...env } });
    closeSync(log);
    return new Gateway(child, ready);
  }

  /** Where one upstream is reached through the gateway. */
  mcp(upstream: string): string {
    return `${this.ready.url}/mcp/${upstream}`;
  }

  get key(): string {
    return this.ready.api_key;
  }

  get origin(): URL {
    return new URL(this.ready.url);
  }

  stop(): Promise<void> {
    return this.child.stop();
  }
}

/** Starts the fixture. It reports requests that it rejects, of which a gateway should send none. */
export async function startFixture(report: boolean): Promise<{ url: string; stop: () => Promise<void> }> {
  const command = [NODE, `${HERE}fixture/server.ts`, '0'];
  const stderr = report ? 'inherit' : 'ignore';
  const [child, { url }] = await Child.ready<{ url: string }>(command, FIXTURE_WITHIN_MS, { stdio: ['pipe', 'pipe', stderr] });
  return { url, stop: () => child.stop() };
}
