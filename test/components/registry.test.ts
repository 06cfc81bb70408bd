import * as assert from "node:assert/strict";
import * as http from "node:http";
import { imageHook, tellOfMissing } from "../../components/nextApp/imageHook";
import { ecrLogin } from "../../components/ecrLogin";
import { askRegistry } from "../../components/registry";
import { record } from "../helpers/recording";

const DIGEST = `sha256:${"1".repeat(64)}`;

/** A registry on loopback, as the specification describes it. */
describe("an image in its registry", () => {
  const asked: string[] = [];
  let server: http.Server;
  let host: string;

  before(async () => {
    server = http.createServer((request, response) => {
      const url = request.url ?? "";
      asked.push(`${request.method} ${url}`);
      const end = (status: number, headers: http.OutgoingHttpHeaders = {}, body = "") =>
        response.writeHead(status, headers).end(body);
      if (url.startsWith("/token")) {
        const secret = url.includes("secret");
        return end(secret ? 401 : 200, {}, JSON.stringify({ token: "for-anybody" }));
      }
      if (url.startsWith("/v2/slow/")) return;
      if (url.startsWith("/v2/broken/")) return end(500);
      if (request.headers.authorization === `Basic ${btoa("AWS:password")}`) {
        return end(url.endsWith("/there") ? 200 : 404);
      }
      if (!url.startsWith("/v2/open/") && request.headers.authorization !== "Bearer for-anybody") {
        const scope = `repository:${url.split("/")[2]}:pull`;
        return end(401, {
          "www-authenticate": `Bearer realm="http://${host}/token",service="here",scope="${scope}"`,
        });
      }
      assert.match(request.headers.accept ?? "", /oci\.image\.index/);
      end(url.endsWith("/there") || url.endsWith(DIGEST) ? 200 : 404);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    host = `127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  });
  beforeEach(() => asked.splice(0));
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  for (const [image, answer] of [
    ["open/shop:there", "has it"],
    [`open/shop:v1@${DIGEST}`, "has it"],
    ["open/shop:gone", "has none"],
    ["open/shop", "has none"],
    ["public/shop:there", "has it"],
    ["public/shop:gone", "has none"],
    ["secret/shop:there", "does not say"],
    ["broken/shop:v1", "does not say"],
  ] as const) {
    it(`${image}: ${answer}`, async () => {
      assert.equal(await askRegistry(`${host}/${image}`), answer);
      assert.match(asked[0] ?? "", /^HEAD \/v2\/\w+\/shop\/manifests\/\S+$/);
    });
  }

  it("a registry with a password is asked by whoever has it", async () => {
    const login = () => Promise.resolve("AWS:password");
    assert.equal(await askRegistry(`${host}/secret/shop:there`, login), "has it");
    assert.equal(await askRegistry(`${host}/secret/shop:gone`, login), "has none");
    const silent = () => new Promise<string>(() => undefined);
    assert.equal(await askRegistry(`${host}/secret/shop:gone`, silent, 200), "does not say");
    const refused = () => Promise.reject(new Error("AccessDenied"));
    assert.equal(await askRegistry(`${host}/secret/shop:gone`, refused), "does not say");
  });

  it("the password of ECR comes from AWS, for images there alone", async () => {
    const tokens: unknown[] = [];
    const made = await record(
      async () => ({
        ecr: await ecrLogin("111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop:v1"),
        other:
          (await ecrLogin("registry.test/111122223333.dkr.ecr.eu-west-1.amazonaws.com/x")) ?? "",
      }),
      {
        answers: {
          invoke: ({ token, inputs }) => {
            tokens.push([token, inputs]);
            return { userName: "AWS", password: "password" };
          },
        },
      },
    );
    assert.deepEqual(made.outputs, { ecr: "AWS:password", other: "" });
    assert.deepEqual(tokens, [
      [
        "aws:ecr/getAuthorizationToken:getAuthorizationToken",
        { registryId: "111122223333", region: "eu-west-1" },
      ],
    ]);
  });

  it("nobody is asked for an image without a registry, and nobody is waited for", async () => {
    for (const image of ["web:local", "team/shop:v1", "REGISTRY", ""]) {
      assert.equal(await askRegistry(image), "does not say", image);
    }
    assert.deepEqual(asked, []);
    assert.equal(await askRegistry(`${host}/slow/shop:v1`, undefined, 200), "does not say");
    assert.equal(await askRegistry("127.0.0.1:1/shop:v1"), "does not say");
  });

  const deployment = (image: unknown) => ({
    spec: { template: { spec: { containers: [{ name: "next", image }] } } },
  });

  it("is told when it is new and missing, and only then", async () => {
    const gone = "registry.test/shop:gone";
    const { warnings } = await record(async () => {
      imageHook();
      const hook = tellOfMissing((image) =>
        Promise.resolve(image === gone ? "has none" : "does not say"),
      );
      for (const args of [
        { newInputs: deployment(gone) },
        { newInputs: deployment(gone), oldInputs: deployment("registry.test/shop:there") },
        { newInputs: deployment(gone), oldInputs: deployment(gone) },
        { newInputs: deployment("registry.test/shop:there") },
        { newInputs: deployment(undefined) },
        { newInputs: {} },
      ]) {
        await hook(args as unknown as Parameters<typeof hook>[0]);
      }
      return {};
    });
    assert.equal(warnings.length, 2);
    assert.match(
      warnings[0] ?? "",
      /^the registry has no image 'registry\.test\/shop:gone'.*Remedy: push it.*\n {4}npm run release -- --stack \S+ --image \S+$/,
    );
  });
});
