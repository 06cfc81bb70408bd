import { randomInt } from "node:crypto";
import net from "node:net";
import tls from "node:tls";

export interface Target {
  readonly address: string;
  readonly port: number;
}

const SIGNATURE = Buffer.from([
  0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a,
]);
/** The visitor's address, as this load balancer tells it: nobody on this machine has it. */
export const VISITOR = "198.51.100.7";

/**
 * What a Network Load Balancer with an ACM certificate does, as far as a target sees it: for each connection of a visitor, one to
 * a target that begins with a header of proxy protocol v2 and goes on with TLS, which names no host (no SNI), offers no ALPN and
 * does not look at the target's certificate. Towards the visitor this one speaks plain TCP: what an NLB does there, no target
 * sees. Source: Elastic Load Balancing's documents on TLS listeners and proxy protocol; istio issue 22795 for SNI.
 */
export class NetworkLoadBalancer {
  /** What went wrong between the load balancer and its targets. */
  readonly errors: string[] = [];
  private readonly open = new Set<net.Socket>();
  private readonly server = net.createServer((visitor) => this.pass(visitor));

  constructor(private readonly targets: () => readonly Target[]) {}

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return (this.server.address() as net.AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.open) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private pass(visitor: net.Socket): void {
    const targets = this.targets();
    const target = targets[randomInt(targets.length)];
    if (target === undefined) throw new Error("the load balancer has no targets");
    const backend = net.connect(target.port, target.address);
    backend.write(proxyProtocolV2(VISITOR, target.address, target.port));
    const secured = tls.connect({ socket: backend, rejectUnauthorized: false });
    for (const socket of [visitor, backend, secured]) this.keep(socket);
    secured.on("error", (error) => {
      this.errors.push(error.message);
      visitor.destroy();
    });
    visitor.on("error", () => secured.destroy());
    visitor.on("close", () => secured.end());
    secured.on("close", () => visitor.end());
    visitor.pipe(secured).pipe(visitor);
  }

  private keep(socket: net.Socket): void {
    this.open.add(socket);
    socket.on("close", () => this.open.delete(socket));
  }
}

/** One header, for TCP over IPv4. */
function proxyProtocolV2(source: string, destination: string, port: number): Buffer {
  const [version, tcp4, length] = [0x21, 0x11, 12];
  const bytes = (address: string) => address.split(".").map(Number);
  const ports = Buffer.alloc(4);
  ports.writeUInt16BE(randomInt(1024, 65536), 0);
  ports.writeUInt16BE(port, 2);
  const head = Buffer.from([version, tcp4, 0, length]);
  const addresses = Buffer.from([...bytes(source), ...bytes(destination)]);
  return Buffer.concat([SIGNATURE, head, addresses, ports]);
}
