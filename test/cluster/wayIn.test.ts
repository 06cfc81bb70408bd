import assert from "node:assert/strict";
import http from "node:http";
import { command, get, kubectl, until } from "./commands";
import { NetworkLoadBalancer, VISITOR, type Target } from "./networkLoadBalancer";
import { missing } from "./settings";
import { EDGE, HOSTS, SITE, WayInStack } from "./wayInStack";

interface Seen {
  readonly pod: string;
  /** As they came, names and values in turn. */
  readonly headers: readonly string[];
}

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
  readonly milliseconds: number;
}

interface Pod {
  readonly metadata: { name: string };
  readonly spec: {
    readonly containers: readonly { readonly args?: string[]; readonly name: string }[];
  };
  readonly status?: {
    readonly podIP?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

const AT_ONCE = ["--grace-period=0", "--force"];

/*
 * The controller and the Ingress with the values of an NLB with an ACM certificate, on real pods and a real nginx; the test
 * plays the NLB (networkLoadBalancer.ts). What a real NLB does beyond that, how long it takes to learn above all, it cannot show.
 */
describe("the way in, behind what plays an NLB", () => {
  let stack: WayInStack | undefined;
  let targets: Target[] = [];
  const balancer = new NetworkLoadBalancer(() => targets);
  let port: number;

  before(async function () {
    this.timeout(300_000);
    const lacking = missing();
    if (lacking.length > 0) throw new Error(`test:cluster cannot run:\n  ${lacking.join("\n  ")}`);
    stack = await WayInStack.up();
    port = await balancer.listen();
    targets = await controllers();
    assert.equal(targets.length, 1);
    await until("the site answers", 30, async () => {
      const answer = await visit("/").catch(() => undefined);
      return answer?.status === 200;
    });
  });

  after(async function () {
    this.timeout(300_000);
    await balancer.close();
    // A controller's pod waits five minutes for its NLB before it ends; nobody does here.
    await command("kubectl", ["scale", "deployment", "--all", "--replicas=0", "-n", EDGE]);
    await command("kubectl", ["delete", "pods", "--all", "-n", EDGE, ...AT_ONCE]);
    await stack?.down();
  });

  it("brings a visitor's HTTPS to the application, by handshakes that name no host", async () => {
    balancer.errors.length = 0;
    const { status, body } = await visit("/");
    assert.equal(status, 200, body);
    const seen = JSON.parse(body) as Seen;
    assert.deepEqual(valuesOf(seen, "X-Forwarded-Proto"), ["https"]);
    assert.deepEqual(valuesOf(seen, "X-Forwarded-For"), [VISITOR], "by proxy protocol");
    assert.deepEqual(balancer.errors, []);
  });

  it("refuses every such handshake where the default server has no certificate (control)", async () => {
    const [template] = (await get("pods", "-n", EDGE)) as unknown as Pod[];
    assert.ok(template);
    await createPod(withoutDefaultCertificate(template));
    const mine = targets;
    balancer.errors.length = 0;
    try {
      await until("the pod is ready", 60, async () => (await controllers("control")).length === 1);
      targets = await controllers("control");
      await assert.rejects(visit("/"), /socket hang up|ECONNRESET/);
      assert.match(balancer.errors.join(), /unrecognized name/);
    } finally {
      targets = mine;
      await kubectl("delete", "pod", "edge-control", "-n", EDGE, ...AT_ONCE);
    }
  });

  it("passes answers whose heads are larger than nginx's 4 KB, whoever asks for them, and how often", async function () {
    this.timeout(120_000);
    const page = await visit("/large-head");
    assert.equal(page.status, 200);
    assert.equal(String(page.headers.link).split(", ").length, 27);
    assert.ok(page.headers["set-cookie"]?.[0] && page.headers["set-cookie"][0].length > 5000);
    const { failed, sent } = await loadBeside("/large-head", HOSTS.site, 15);
    console.log(`      ${sent} requests beside one such page a second: ${failed} failed`);
    assert.equal(failed, 0);
    assert.ok(sent > 100, String(sent));
  });

  it("loses other visitors' requests to such a page with F5's own settings (control)", async function () {
    this.timeout(120_000);
    assert.equal((await visit("/large-head", { host: HOSTS.control })).status, 502);
    const { failed, sent } = await loadBeside("/large-head", HOSTS.control, 15);
    console.log(`      ${sent} requests beside one such page a second: ${failed} failed`);
    assert.ok(failed > sent / 10, `${failed} of ${sent}`);
  });

  it("answers everybody while a pod does not, and while one is killed", async function () {
    this.timeout(120_000);
    const live = await addresses(SITE, "app=probe");
    assert.equal(live.length, 3);
    await applyEndpoints([...live.slice(0, 2), nobody(live[0] ?? "")]);
    await until("the lost pod's site answers", 30, async () => {
      return (await visit("/", { host: HOSTS.lost })).status === 200;
    });
    const results = await load(HOSTS.lost, 15, () => undefined);
    const slow = results.filter(({ milliseconds }) => milliseconds > 1000).length;
    const share = `${((100 * slow) / results.length).toFixed(1)} %`;
    console.log(
      `      1 of 3 pods answers no connection: ${share} of ${results.length} waited over 1 s`,
    );
    assert.deepEqual(
      results.filter(({ status }) => status !== 200),
      [],
    );
    assert.ok(slow > 0, "the pod that does not answer is asked (control)");
    assert.ok(results.every(({ milliseconds }) => milliseconds < 7000));

    const [victim] = (await get("pods", "-n", SITE, "-l", "app=probe")) as unknown as Pod[];
    const during = await load(HOSTS.site, 10, () =>
      kubectl("delete", "pod", victim?.metadata.name ?? "", "-n", SITE, ...AT_ONCE),
    );
    assert.deepEqual(
      during.filter(({ status }) => status !== 200),
      [],
    );
  });

  it("takes request heads of 32 KB at every hop, and refuses larger ones", async () => {
    const cookie = (length: number) => `session=${"x".repeat(length)}`;
    const path = (length: number) => `/?q=${"x".repeat(length)}`;
    assert.equal((await visit("/", { cookie: cookie(31_000) })).status, 200, "cookies");
    assert.equal((await visit(path(31_000))).status, 200, "a URL");
    const both = await visit(path(15_000), { cookie: cookie(15_000) });
    assert.equal(both.status, 200, "both");
    assert.equal((await visit("/", { cookie: cookie(40_000) })).status, 400);
    assert.equal((await visit(path(40_000))).status, 414);
    const sum = await visit(path(25_000), { cookie: cookie(25_000) });
    assert.equal(sum.status, 431, "Next.js's own limit is the same");
  });

  it("passes each header about the visitor once", async () => {
    const seen = JSON.parse((await visit("/")).body) as Seen;
    assert.deepEqual(valuesOf(seen, "X-Forwarded-Host"), [HOSTS.site]);
    assert.deepEqual(valuesOf(seen, "X-Forwarded-Proto"), ["https"]);
    for (const name of ["X-Forwarded-For", "X-Forwarded-Port"])
      assert.equal(valuesOf(seen, name).length, 1, name);
  });

  function visit(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    const start = Date.now();
    return new Promise((resolve, reject) => {
      const call = http.get(
        {
          host: "127.0.0.1",
          port,
          path,
          agent: false,
          timeout: 20_000,
          maxHeaderSize: 256 * 1024,
          headers: { host: HOSTS.site, ...headers },
        },
        (response) => {
          let body = "";
          response.setEncoding("utf8");
          response.on("data", (chunk: string) => (body += chunk));
          response.on("error", reject);
          response.on("end", () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body,
              milliseconds: Date.now() - start,
            }),
          );
        },
      );
      call.on("timeout", () => call.destroy(new Error(`${path}: no answer within 20 s`)));
      call.on("error", reject);
    });
  }

  /** Visitors who ask for a small page again and again, while something happens. */
  async function load(
    host: string,
    seconds: number,
    event: () => unknown,
  ): Promise<{ status: number; milliseconds: number }[]> {
    const end = Date.now() + seconds * 1000;
    const results: { status: number; milliseconds: number }[] = [];
    const visitor = async () => {
      while (Date.now() < end) {
        const { status, milliseconds } = await visit("/", { host });
        results.push({ status, milliseconds });
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    await Promise.all([...Array.from({ length: 4 }, visitor), event()]);
    return results;
  }

  /** The same beside somebody who asks for `path` once a second. */
  async function loadBeside(
    path: string,
    host: string,
    seconds: number,
  ): Promise<{ failed: number; sent: number }> {
    const timer = setInterval(() => void visit(path, { host }).catch(() => undefined), 1000);
    const results = await load(host, seconds, () => undefined).finally(() => clearInterval(timer));
    return { sent: results.length, failed: results.filter(({ status }) => status !== 200).length };
  }
});

function valuesOf({ headers }: Seen, name: string): string[] {
  return headers.filter(
    (_, index) => index % 2 === 1 && headers[index - 1]?.toLowerCase() === name.toLowerCase(),
  );
}

/** Addresses of the ready pods that have a label. */
async function addresses(namespace: string, label: string): Promise<string[]> {
  const pods = (await get("pods", "-n", namespace, "-l", label)) as unknown as Pod[];
  return pods
    .filter(({ status }) =>
      status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True"),
    )
    .flatMap(({ status }) => status?.podIP ?? []);
}

async function controllers(name = "edge"): Promise<Target[]> {
  const found = await addresses(EDGE, `next-on-eks/controller=${name}`);
  return found.map((address) => ({ address, port: 443 }));
}

/** A pod like the controller's, by itself, whose default server has no certificate. */
function withoutDefaultCertificate({ spec }: Pod): object {
  const rest: Pod["spec"] & { nodeName?: string } = { ...spec };
  delete rest.nodeName;
  const containers = spec.containers.map(({ args = [], ...container }) => ({
    ...container,
    args: args.filter((argument) => !argument.startsWith("-default-server-tls-secret")),
  }));
  const metadata = { name: "edge-control", namespace: EDGE };
  const labels = { "next-on-eks/controller": "control" };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { ...metadata, labels },
    spec: { ...rest, containers },
  };
}

async function createPod(pod: object): Promise<void> {
  const { code, text } = await command("kubectl", ["create", "-f", "-"], {
    input: JSON.stringify(pod),
  });
  assert.equal(code, 0, text);
}

/** An address beside a pod's that no pod has: it answers no connection, as those of a lost node. */
function nobody(pod: string): string {
  return pod.replace(/\d+$/, "251");
}

async function applyEndpoints(pods: string[]): Promise<void> {
  const slice = {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      name: "lost",
      namespace: SITE,
      labels: { "kubernetes.io/service-name": "lost" },
    },
    addressType: "IPv4",
    ports: [{ name: "http", port: 3000 }],
    endpoints: pods.map((address) => ({ addresses: [address], conditions: { ready: true } })),
  };
  const { code, text } = await command("kubectl", ["apply", "-f", "-"], {
    input: JSON.stringify(slice),
  });
  assert.equal(code, 0, text);
}
