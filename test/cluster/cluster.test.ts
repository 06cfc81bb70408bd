import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command, get, kubectl, output, until } from "./commands";
import { HOST, INGRESS_CLASS, INGRESS_NAMESPACE, missing, NAMESPACE } from "./settings";
import { arrivals, fetchInPod, readyPods, request, serverAction, Session } from "./site";
import { TestStack } from "./stack";

/*
 * The real pulumi, a real cluster, real pods. The tests build on each other, in the order in which a user meets them;
 * the first that fails ends the run, and what was made is removed either way.
 */
describe("pulumi up --stack local", () => {
  let stack: TestStack;
  let address: string;

  before(async () => {
    const lacking = missing();
    if (lacking.length > 0) throw new Error(`test:cluster cannot run:\n  ${lacking.join("\n  ")}`);
    for (const namespace of [NAMESPACE, INGRESS_NAMESPACE]) {
      const there = await command("kubectl", ["get", "namespace", namespace]);
      if (there.code === 0) {
        throw new Error(
          `namespace ${namespace} is there already: another run, or the rest of one that was killed. ` +
            `If nobody uses it: kubectl delete namespace ${namespace}`,
        );
      }
    }
    stack = await TestStack.create();
  });

  after(async () => {
    if (!stack) return;
    if ((await namespaces()).length > 0) {
      stack.configure({ protect: false });
      await stack.up();
      const { code, text } = await stack.destroy();
      assert.equal(code, 0, text);
    }
    stack.removeFolder();
  });

  it("refuses a wrong config before anything is made", async () => {
    const app = stack.group("app");
    stack.configure({ app: { ...app, replicas: { min: 5, max: 2 } }, ingres: {} });
    const { code, text } = await stack.up();
    stack.configure({ app, ingres: undefined });
    assert.notEqual(code, 0);
    assert.match(text, /next-on-eks:app\.replicas: min 5 is greater than max 2\./);
    assert.match(text, /next-on-eks:ingres: there is no such key/);
    assert.doesNotMatch(text, /\bat .*\.ts:\d+/, "a stack trace");
    assert.deepEqual(await namespaces(), []);
  });

  it("refuses a context that the kubeconfig lacks, in the preview", async () => {
    const cluster = stack.group("cluster");
    stack.configure({ cluster: { ...cluster, context: "no-such-context" } });
    const { code, text } = await stack.preview();
    stack.configure({ cluster });
    assert.notEqual(code, 0);
    assert.match(text, /cluster\.context/);
    assert.match(text, /no-such-context/);
  });

  it("brings the site up", async () => {
    const { code, text, seconds } = await stack.up();
    assert.equal(code, 0, text);
    console.log(`      up: ${seconds.toFixed(0)} s`);
    address = (await stack.outputs()).loadBalancer ?? "";
    assert.notEqual(address, "");
    await until("two pods ready", 60, async () => (await readyPods()).length === 2);
    assert.doesNotMatch(text, /pods warn:/);
  });

  it("tells in up what new pods warn of", async () => {
    stack.configure({ "app.warmupPaths": ["/no-such-page"] });
    const { code, text } = await stack.up();
    stack.configure({ "app.warmupPaths": undefined });
    assert.equal(code, 0, text);
    assert.match(text, /pods warn: warm-up path is missing, \/no-such-page\. Remedy: /);
    const again = await stack.up();
    assert.equal(again.code, 0, again.text);
    assert.doesNotMatch(again.text, /pods warn:/);
  });

  it("refuses a second stack that claims the same, in its first preview, and a host of the site in its own class", async () => {
    const second = await TestStack.create("second");
    try {
      const { code, text } = await second.preview();
      assert.notEqual(code, 0);
      assert.match(text, /The config of stack 'second' has 4 problems:/);
      const owner = "is the namespace of stack 'organization/local'";
      assert.ok(text.includes(`next-on-eks:cluster.namespace: '${NAMESPACE}' ${owner}`), text);
      assert.ok(
        text.includes(`next-on-eks:ingress.namespace: '${INGRESS_NAMESPACE}' ${owner}`),
        text,
      );
      assert.ok(
        text.includes(`next-on-eks:ingress.className: the IngressClass '${INGRESS_CLASS}'`),
        text,
      );
      assert.ok(text.includes(`next-on-eks:app.host: '${HOST}' is served by the Ingress`), text);

      second.configure({ "cluster.namespace": `${NAMESPACE}-second`, "ingress.install": false });
      second.configure({ "app.host": `second.${HOST}` });
      const beside = await second.preview();
      assert.equal(beside.code, 0, beside.text);
    } finally {
      second.removeFolder();
    }
  });

  it("finds nothing of others in what is its own", async () => {
    stack.configure({ "ingress.extraHosts": [`more.${HOST}`] });
    const { code, text } = await stack.preview();
    stack.configure({ "ingress.extraHosts": undefined });
    assert.equal(code, 0, text);
    assert.doesNotMatch(
      text,
      /is in the cluster already|is the namespace of|is served by the Ingress/,
    );
  });

  it("runs its pods in a namespace that refuses what is not restricted", async () => {
    const privileged = ["run", "privileged", "--image=none", "--privileged", "-n", NAMESPACE];
    const { code, text } = await command("kubectl", [...privileged, "--dry-run=server"]);
    assert.notEqual(code, 0);
    assert.match(text, /violates PodSecurity "restricted/);
  });

  it("gives secrets to pods by reference alone", async () => {
    const [deployment] = await get(
      "deployments",
      "-n",
      NAMESPACE,
      "-l",
      "app.kubernetes.io/name=web",
    );
    const text = JSON.stringify(deployment);
    assert.match(text, /"secretKeyRef":\{"key":"REDIS_URL"/);
    assert.doesNotMatch(text, /redis:\/\//);
    assert.doesNotMatch(text, /a-secret-of-the-test-suite/);
  });

  it("answers through the Ingress, from both pods", async () => {
    const seen = new Set<string>();
    for (let i = 0; i < 60 && seen.size < 2; i++) {
      const { status, body } = await request(address, "/api/pod");
      assert.equal(status, 200, body);
      seen.add((JSON.parse(body) as { pod: string }).pod);
    }
    assert.deepEqual([...seen].sort(), (await readyPods()).sort());
    const page = await request(address, "/");
    assert.equal(page.status, 200);
    assert.match(page.body, /Many pods, one site/);
  });

  it("answers 404 for a host that the Ingress does not name", async () => {
    const { status } = await request(address, "/", { headers: { host: "other.example.com" } });
    assert.equal(status, 404);
  });

  it("streams: each part of a page arrives when it is made", async () => {
    const { markers, end } = await arrivals(address, "/stream", ["chunk-1", "chunk-3"]);
    const [first = end, last = end] = markers;
    assert.ok(last - first > 1500, `chunk-1 after ${first} ms, chunk-3 after ${last} ms`);
  });

  it("reads through one pod what was uploaded through the other", async () => {
    const [one = "", other = ""] = await readyPods();
    const name = `note-${Date.now()}.txt`;
    const put = await fetchInPod(one, `/api/uploads/${name}`, { method: "PUT", body: "hello" });
    assert.equal(put.status, 201, put.body);
    const got = await fetchInPod(other, `/api/uploads/${name}`);
    assert.deepEqual(got, { status: 200, body: "hello" });
    const none = await fetchInPod(other, "/api/uploads/never-uploaded.txt");
    assert.equal(none.status, 404, "the check can fail");
  });

  it("shows on both pods, at once, what was revalidated through one", async () => {
    await revalidationReachesBoth(0);
  });

  it("keeps a session when the pod that made it is gone", async () => {
    const session = new Session(address);
    const { madeBy } = await session.visit();
    await kubectl("delete", "pod", madeBy, "-n", NAMESPACE, "--wait=true");
    await until("two pods ready", 60, async () => (await readyPods()).length === 2);
    const { pod } = await session.visit();
    assert.notEqual(pod, madeBy);
  });

  it("sees no change in a second up", async () => {
    const { code, text } = await stack.preview("--expect-no-changes");
    assert.equal(code, 0, text);
  });

  it("tells in seconds that an image cannot be pulled, and goes on serving", async () => {
    const app = stack.group("app");
    const timeouts = stack.group("timeouts");
    stack.configure({
      app: { ...app, image: "no-such-image:v0" },
      timeouts: { ...timeouts, app: 15 },
    });
    const { code, text, seconds } = await stack.up();
    assert.notEqual(code, 0);
    assert.match(text, /ErrImagePull|ImagePullBackOff/);
    assert.ok(seconds < 60, `${seconds} s`);
    assert.equal((await request(address, "/api/health")).status, 200);
    stack.configure({ app, timeouts });
    const mended = await stack.up();
    assert.equal(mended.code, 0, mended.text);
  });

  it("serves HTTPS with a TLS Secret, and redirects to it", async () => {
    await createTlsSecret("site-tls");
    const ingress = stack.group("ingress");
    stack.configure({ ingress: { ...ingress, tls: { secretName: "site-tls" } } });
    const { code, text } = await stack.up();
    assert.equal(code, 0, text);
    await until("HTTPS answers", 30, async () => {
      const answer = await request(address, "/api/health", { tls: true }).catch(() => undefined);
      return answer?.status === 200;
    });
    const plain = await request(address, "/api/health");
    assert.equal(plain.status, 301);
    assert.match(plain.headers.location ?? "", new RegExp(`^https://${HOST}[:/]`));
  });

  it("shares pages and revalidations without any Redis, by the files store alone", async () => {
    stack.configure({ cache: { store: "files" }, redis: undefined });
    const asked = await stack.up();
    assert.notEqual(asked.code, 0, "Redis goes with its sessions without a question");
    assert.match(asked.text, /confirm\[0\]' cache\.store/);
    stack.configure({ confirm: ["cache.store"] });
    const { code, text } = await stack.up();
    assert.equal(code, 0, text);
    await until("two pods ready", 60, async () => (await readyPods()).length === 2);
    const names = (await get("deployments", "-n", NAMESPACE)).map(({ metadata }) => metadata.name);
    assert.ok(!names.some((name) => name.includes("redis")), names.join(", "));
    // One second behind is what this store promises.
    await revalidationReachesBoth(1000);
  });

  it("refuses a destroy while protect is on, and names what is protected", async () => {
    stack.configure({ protect: true });
    const { code, text } = await stack.up();
    assert.equal(code, 0, text);
    const refused = await stack.destroy();
    assert.notEqual(refused.code, 0);
    assert.match(refused.text, /files-uploads/);
    assert.match(refused.text, /protected/);
    assert.equal((await request(address, "/api/health", { tls: true })).status, 200);
  });

  it("answers on ports of the nodes, where the cluster has no load balancers", async () => {
    const nodePorts = { http: 30080, https: 30443 };
    stack.configure({ ingress: { ...stack.group("ingress"), nodePorts } });
    const { code, text } = await stack.up();
    assert.equal(code, 0, text);
    const services = await get("services", "-n", INGRESS_NAMESPACE);
    assert.deepEqual([...new Set(services.map(({ spec }) => spec.type))], ["NodePort"]);
    for (const node of await nodeAddresses()) {
      await until(`node ${node} answers`, 30, async () => {
        const options = { tls: true, port: nodePorts.https };
        const answer = await request(node, "/api/health", options).catch(() => undefined);
        return answer?.status === 200;
      });
    }
    const { url = "", loadBalancer = "" } = await stack.outputs();
    assert.equal(url, `https://${HOST}:${nodePorts.https}`);
    assert.equal(loadBalancer, `NODE:${nodePorts.https}`);
    // Next.js compares the origin with the host that nginx tells it of, port and all.
    const [node = ""] = await nodeAddresses();
    assert.equal((await serverAction(node, nodePorts.https, url)).status, 303);
    const other = await serverAction(node, nodePorts.https, "https://other.example.com");
    assert.equal(other.status, 500, "another site's form is refused (control)");
  });

  it("leaves nothing after a destroy", async () => {
    stack.configure({ protect: false });
    const off = await stack.up();
    assert.equal(off.code, 0, off.text);
    const volumes = (await get("persistentvolumeclaims", "-n", NAMESPACE)).map(
      ({ spec }) => spec.volumeName as string,
    );
    assert.equal(volumes.length, 2);
    const { code, text } = await stack.destroy();
    assert.equal(code, 0, text);
    assert.deepEqual(await namespaces(), []);
    const classes = (await get("ingressclasses")).map(({ metadata }) => metadata.name);
    assert.ok(!classes.includes(INGRESS_CLASS));
    await until("the claims' volumes are gone", 30, async () => {
      const there = (await get("persistentvolumes")).map(({ metadata }) => metadata.name);
      return !volumes.some((volume) => there.includes(volume));
    });
    const roles = (await get("clusterroles")).filter(({ metadata }) =>
      metadata.name.startsWith("ingress-"),
    );
    assert.deepEqual(roles, []);
  });

  /** One pod is told of a revalidation; both show the same new page then. */
  async function revalidationReachesBoth(behindMs: number): Promise<void> {
    const [one = "", other = ""] = await readyPods();
    const shown = async (pod: string) => {
      const { body } = await fetchInPod(pod, "/tagged");
      return /data-testid="value-at"[^>]*>([^<]+)</.exec(body)?.[1] ?? assert.fail(body);
    };
    const settled = () => new Promise((resolve) => setTimeout(resolve, behindMs));
    const before = await shown(one);
    await settled();
    assert.equal(await shown(other), before, "one cache");
    const body = JSON.stringify({ tag: "products", profile: { expire: 0 } });
    const answer = await fetchInPod(one, "/api/revalidate", { method: "POST", body });
    assert.equal(answer.status, 200, answer.body);
    await settled();
    const after = await shown(other);
    assert.notEqual(after, before, "the other pod heard of it");
    await settled();
    assert.equal(await shown(one), after, "one cache again");
  }

  async function createTlsSecret(name: string): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), "next-on-eks-tls-"));
    const [key, cert] = [join(folder, "tls.key"), join(folder, "tls.crt")];
    const subject = ["-subj", `/CN=${HOST}`, "-addext", `subjectAltName=DNS:${HOST}`];
    const kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    await output("openssl", ["req", ...kind, ...subject, "-keyout", key, "-out", cert]);
    await kubectl(
      "create",
      "secret",
      "tls",
      name,
      "-n",
      NAMESPACE,
      `--key=${key}`,
      `--cert=${cert}`,
    );
    rmSync(folder, { recursive: true });
  }
});

async function nodeAddresses(): Promise<string[]> {
  return (await get("nodes")).flatMap(({ status }) =>
    (status as { addresses: { type: string; address: string }[] }).addresses
      .filter(({ type }) => type === "InternalIP")
      .map(({ address }) => address),
  );
}

async function namespaces(): Promise<string[]> {
  const names = (await get("namespaces")).map(({ metadata }) => metadata.name);
  return names.filter((name) => name === NAMESPACE || name === INGRESS_NAMESPACE);
}
