// Stands before the server and keeps every byte that the client gets, of whatever made it: the SDK cannot
// hide what arrived. It changes nothing, and a connection that is lost behind it is lost before it.

import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

const CHUNK_HEAD = /\r\n[0-9a-f]+(?:;[^\r\n]*)?\r\n/gi;

export class Recorder {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private received: Buffer[] = [];
  private asked = 0;

  private constructor(target: URL) {
    this.server = createServer(near => {
      const far = connect(Number(target.port), target.hostname);
      near.on('data', chunk => {
        this.asked += chunk.toString('latin1').split(/^(?:POST|GET) \S+ HTTP\/1\.1\r$/m).length - 1;
        far.write(chunk);
      });
      far.on('data', chunk => {
        this.received.push(chunk);
        near.write(chunk);
      });
      near.on('end', () => far.end());
      far.on('end', () => near.end());
      this.together(near, far);
      this.together(far, near);
    });
  }

  static async start(target: URL): Promise<Recorder> {
    const recorder = new Recorder(target);
    await new Promise<void>((resolve, reject) => recorder.server.once('error', reject).listen(0, '127.0.0.1', resolve));
    return recorder;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What came since the last time, without the lines that chunks begin with, and how many requests went out. */
  take(): { bytes: string; requests: number } {
    const bytes = Buffer.concat(this.received).toString('utf8').replace(CHUNK_HEAD, '');
    const requests = this.asked;
    this.received = [];
    this.asked = 0;
    return { bytes, requests };
  }

  stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    return new Promise(resolve => this.server.close(() => resolve()));
  }

  private together(socket: Socket, other: Socket): void {
    this.sockets.add(socket);
    socket.setNoDelay(true);
    let lost = false;
    socket.on('error', () => (lost = true));
    socket.on('close', () => {
      this.sockets.delete(socket);
      if (lost) other.resetAndDestroy();
      else other.end();
    });
  }
}
