import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type Server } from "node:tls";
import { network, unreachable, type Network } from "../../sites/network";

const PLACE = {
  host: "pr-7.dev.example.com",
  parent: "dev.example.com",
  from: "dev",
  ownZone: false,
  ownCertificate: false,
};

describe("what a browser finds of a review site", () => {
  const found = (unresolved?: string, distrust?: string): Network => ({
    unresolved: () => Promise.resolve(unresolved),
    distrust: () => Promise.resolve(distrust),
  });

  it("is the site, with a record and a certificate", async () => {
    assert.equal(await unreachable({ ...PLACE, httpsPort: 443 }, found()), undefined);
    assert.equal(
      await unreachable({ ...PLACE, httpsPort: undefined }, found(undefined, "x")),
      undefined,
    );
  });

  it("is nothing without a record: the message names it, and where it leads", async () => {
    assert.equal(
      await unreachable({ ...PLACE, httpsPort: 443 }, found("it has no DNS record", "x")),
      "browsers do not find pr-7.dev.example.com: it has no DNS record. Set up a record for all review sites, to the controller of 'dev':\n" +
        "  *.dev.example.com  CNAME  the address that this prints: pulumi stack output --stack dev loadBalancer\n" +
        "  (an A record where that is an IP address)",
    );
  });

  it("is one command away where the other stack makes its own records and certificate", async () => {
    const own = { ...PLACE, ownZone: true, ownCertificate: true, httpsPort: 443 };
    const command =
      "\n  pulumi config set --stack dev --path 'next-on-eks:ingress.wildcard' true && pulumi up --stack dev";
    for (const net of [found("it has no DNS record"), found(undefined, "no match")]) {
      const told = (await unreachable(own, net)) ?? "";
      assert.ok(told.endsWith(`for all review sites:${command}`), told);
    }
  });

  it("is a warning without a certificate: the message names both names", async () => {
    assert.match(
      (await unreachable({ ...PLACE, httpsPort: 443 }, found(undefined, "no match."))) ?? "",
      /^a browser would not trust https:\/\/pr-7\.dev\.example\.com: no match\. Set up a certificate .*\n.*dev\.example\.com and \*\.dev\.example\.com .*\n.*--subject-alternative-names '\*\.dev\.example\.com'/,
    );
  });

  describe("in a real network", () => {
    let folder = "";
    const servers: Server[] = [];
    before(() => (folder = mkdtempSync(join(tmpdir(), "next-on-eks-tls-"))));
    after(() => {
      for (const server of servers) server.close();
      rmSync(folder, { recursive: true });
    });

    /** A server with a certificate of a name, which nobody has signed. */
    async function serve(name: string): Promise<{ port: number; certificate: string }> {
      const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)];
      const subject = ["-subj", "/CN=test", "-addext", `subjectAltName=DNS:${name}`];
      const algorithm = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
      const args = ["req", "-x509", ...algorithm, "-days", "1", ...subject];
      execFileSync("openssl", [...args, "-keyout", key, "-out", cert], { stdio: "ignore" });
      const certificate = readFileSync(cert, "utf8");
      const server = createServer({ key: readFileSync(key), cert: certificate }, (socket) => {
        socket.on("error", () => undefined).end();
      });
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return { port: (server.address() as AddressInfo).port, certificate };
    }

    it("finds a name that there is, and none that there cannot be", async () => {
      assert.equal(await network().unresolved("localhost"), undefined);
      assert.notEqual(await network().unresolved("pr-7.invalid"), undefined);
    });

    it("trusts a certificate of the host that somebody known has signed, and no other", async () => {
      const own = await serve("localhost");
      assert.equal(await network(own.certificate).distrust("localhost", own.port), undefined);
      assert.match((await network().distrust("localhost", own.port)) ?? "", /self[- ]signed/);
      const other = await serve("other.test");
      const { certificate, port } = other;
      assert.match((await network(certificate).distrust("localhost", port)) ?? "", /altnames/);
    });

    it("does not take silence for a certificate", async () => {
      const { port } = await serve("localhost");
      await new Promise((resolve) => servers.at(-1)?.close(resolve));
      assert.match((await network().distrust("localhost", port)) ?? "", /ECONNREFUSED/);
    });
  });
});
