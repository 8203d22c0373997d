// Passes requests on byte for byte, but for their first line, which may be rewritten or get a header
// after it. `Host`, `Origin` and every header value stay as they are, in both directions.

import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');
const LARGEST_HEAD = 64 * 1024;

export interface Relay {
  port: number;
  stop: () => Promise<void>;
}

/** From a request line, without its line end, to what is sent instead. */
export type Rewrite = (requestLine: string) => string;

/** Adds the API key, which the suite cannot send. */
export const withKey = (key: string): Rewrite => requestLine => `${requestLine}\r\nAuthorization: Bearer ${key}`;

/** Sends requests for any path to this one. */
export const toPath = (path: string): Rewrite => requestLine => requestLine.replace(/ \S+ /, ` ${path} `);

/** Starts a relay on a loopback port, 0 for any free one. */
export async function startRelay(target: URL, rewrite: Rewrite, port = 0): Promise<Relay> {
  const sockets = new Set<Socket>();
  const server = createServer(near => {
    const far = connect(Number(target.port), target.hostname);
    const rewritten = rewriter(rewrite);
    near.on('data', chunk => {
      const bytes = rewritten(chunk);
      if (bytes === undefined) near.destroy();
      else if (!far.write(bytes)) near.pause();
    });
    far.on('drain', () => near.resume());
    near.on('end', () => far.end());
    far.pipe(near);
    for (const [socket, other] of [[near, far], [far, near]]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Rewrites the requests of one connection; gives nothing when it cannot tell where a request ends. */
function rewriter(rewrite: Rewrite): (chunk: Buffer) => Buffer | undefined {
  let head = Buffer.alloc(0);
  let bodyLeft = 0;
  return chunk => {
    const out: Buffer[] = [];
    let rest = chunk;
    while (rest.length > 0) {
      if (bodyLeft > 0) {
        const body = rest.subarray(0, bodyLeft);
        bodyLeft -= body.length;
        out.push(body);
        rest = rest.subarray(body.length);
        continue;
      }
      head = Buffer.concat([head, rest]);
      const end = head.indexOf(HEAD_END);
      if (end < 0) return head.length > LARGEST_HEAD ? undefined : Buffer.concat(out);
      const whole = head.subarray(0, end + HEAD_END.length);
      const text = whole.toString('latin1');
      if (/^transfer-encoding:/im.test(text)) return undefined;
      bodyLeft = Number(/^content-length:[ \t]*(\d+)/im.exec(text)?.[1] ?? 0);
      const lineEnd = whole.indexOf('\r\n');
      out.push(Buffer.from(rewrite(whole.toString('latin1', 0, lineEnd)), 'latin1'), whole.subarray(lineEnd));
      rest = head.subarray(whole.length);
      head = Buffer.alloc(0);
    }
    return Buffer.concat(out);
  };
}

/** A loopback port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => server.close(resolve));
  return port;
}
