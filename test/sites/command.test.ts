import assert from "node:assert/strict";
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parse, stringify } from "yaml";
import { execute } from "../../sites/command";
import { ROOT } from "../helpers/configs";
import type { Network } from "../../sites/network";
import { FakeCommands, namespaceOf, stateOf } from "./fakeCommands";

const NOW = new Date("2026-12-01T10:00:00Z");
const IMAGE = `registry.test/shop@sha256:${"0".repeat(64)}`;
const BUILD = [
  "new",
  "pr-12",
  "--from",
  "dev",
  "--context",
  "dev-cluster",
  "--build",
  "r.test/shop",
];
const NEW = ["--from", "dev", "--context", "dev-cluster", "--image", IMAGE];

describe("npm run stack", () => {
  let fake: FakeCommands;
  let env: Record<string, string> = {};
  /** What is known of DNS and certificates. */
  let found: { unresolved?: string; distrust?: string } = {};
  const network: Network = {
    unresolved: () => Promise.resolve(found.unresolved),
    distrust: () => Promise.resolve(found.distrust),
  };

  beforeEach(() => {
    fake = new FakeCommands();
    env = {};
    found = {};
    copyFileSync(join(ROOT, "Pulumi.dev.yaml"), fake.file("dev"));
    withSecretEnv({ SESSION_SECRET: { secure: "dev's" }, API_KEY: { secure: "dev's" } });
  });
  afterEach(() => fake.clean());

  const stack = (...args: string[]) =>
    execute(args, { run: fake.run, network, now: NOW, env, folder: fake.folder });
  const refusal = async (...args: string[]): Promise<string> => {
    try {
      await stack(...args);
    } catch (error) {
      return (error as Error).message;
    }
    throw new assert.AssertionError({
      message: `npm run stack -- ${args.join(" ")} is not refused`,
    });
  };
  /** What the fakes are asked that changes something. */
  const changes = () =>
    fake.asked.filter((command) => !/ (stack (ls|export|output)|get) /.test(`${command} `));

  function withSecretEnv(secretEnv: object): void {
    change("dev", (app) => (app.secretEnv = secretEnv));
  }
  function change(name: string, edit: (app: Record<string, unknown>) => void): void {
    const file = parse(readFileSync(fake.file(name), "utf8")) as {
      config: Record<string, Record<string, unknown>>;
    };
    edit(file.config["next-on-eks:app"] ?? {});
    writeFileSync(fake.file(name), stringify(file));
  }

  describe("new", () => {
    it("makes the stack, its secrets and its site, and says where it answers and for how long", async () => {
      const told = await stack("new", "pr-12", ...NEW);
      assert.equal(
        told,
        [
          "pr-12 is made: http://pr-12.dev.shop.example.com",
          "  until 2026-12-08T10:00:00Z, or: npm run stack -- remove pr-12",
        ].join("\n"),
      );
      assert.deepEqual(changes(), [
        "pulumi stack init pr-12 --no-select",
        "pulumi config set --stack pr-12 --secret --path next-on-eks:app.secretEnv.SESSION_SECRET",
        "pulumi config set --stack pr-12 --secret --path next-on-eks:app.secretEnv.API_KEY",
        "pulumi up --stack pr-12",
      ]);
      const { SESSION_SECRET, API_KEY } = fake.read("pr-12").config["next-on-eks:app"]
        ?.secretEnv as Record<string, object>;
      assert.ok(SESSION_SECRET && API_KEY);
      const [one, two] = Object.values(fake.secrets);
      assert.match(one ?? "", /^[0-9a-f]{64}$/);
      assert.notEqual(one, two);
      await stack("new", "pr-13", ...NEW);
      assert.equal(new Set(Object.values(fake.secrets)).size, 4, "two sites share a secret");
    });

    it("asks the cluster of the context, and no other", async () => {
      await stack("new", "pr-12", ...NEW);
      const kubectl = fake.asked.filter((command) => command.startsWith("kubectl"));
      assert.ok(kubectl.length > 0);
      assert.ok(kubectl.every((command) => command.startsWith("kubectl --context dev-cluster ")));
    });

    it("brings a site up to date, with the secrets that it has, also where nobody has its file", async () => {
      await stack("new", "pr-12", ...NEW);
      const before = fake.read("pr-12");
      rmSync(fake.file("pr-12"));
      fake.asked.length = 0;
      const told = await stack("new", "pr-12", ...NEW, "--days", "2");
      assert.match(told, /^pr-12 is up to date: /);
      assert.match(told, /until 2026-12-03T10:00:00Z/);
      assert.deepEqual(changes(), [
        "pulumi config refresh --force --stack pr-12",
        "pulumi up --stack pr-12",
      ]);
      const after = fake.read("pr-12");
      assert.equal(after.encryptionsalt, before.encryptionsalt);
      const app = "next-on-eks:app";
      assert.deepEqual(after.config[app]?.secretEnv, before.config[app]?.secretEnv);
    });

    it("forgets a secret that the other stack no longer has, and gives a new one a value", async () => {
      await stack("new", "pr-12", ...NEW);
      withSecretEnv({ SESSION_SECRET: { secure: "dev's" }, TOKEN: { secure: "dev's" } });
      await stack("new", "pr-12", ...NEW);
      const { secretEnv } = fake.read("pr-12").config["next-on-eks:app"] as { secretEnv: object };
      assert.deepEqual(Object.keys(secretEnv), ["SESSION_SECRET", "TOKEN"]);
    });

    it("takes a secret from the environment where it is told to, and gives it to Pulumi on standard input", async () => {
      env.API_KEY = "of-the-test-account";
      await stack("new", "pr-12", ...NEW, "--secret-env", "API_KEY");
      assert.equal(fake.secrets["pr-12 API_KEY"], "of-the-test-account");
      assert.ok(!fake.asked.some((command) => command.includes("of-the-test-account")));
    });

    it("encrypts with the provider of the other stack", async () => {
      const dev = readFileSync(fake.file("dev"), "utf8");
      writeFileSync(fake.file("dev"), `secretsprovider: awskms://alias/dev\n${dev}`);
      await stack("new", "pr-12", ...NEW);
      assert.equal(
        changes()[0],
        "pulumi stack init pr-12 --no-select --secrets-provider awskms://alias/dev",
      );
    });

    it("takes no other stack's key where a file of that name is left", async () => {
      writeFileSync(fake.file("pr-12"), "encryptionsalt: of an earlier stack\n");
      await stack("new", "pr-12", ...NEW);
      assert.equal(fake.read("pr-12").encryptionsalt, "salt of pr-12");
    });

    it("tells programs where it answers and for how long", async () => {
      const file = join(fake.folder, "site.json");
      await stack("new", "pr-12", ...NEW, "--json", file);
      assert.deepEqual(JSON.parse(readFileSync(file, "utf8")), {
        stack: "pr-12",
        url: "http://pr-12.dev.shop.example.com",
        loadBalancer: "10.0.0.1",
        updated: false,
        shared: [],
        until: "2026-12-08T10:00:00Z",
      });
    });

    describe("and what is in app.env", () => {
      const env12 = () => fake.read("pr-12").config["next-on-eks:app"]?.env;
      const ADDRESSES = {
        APP_URL: "https://dev.shop.example.com/",
        LOG_LEVEL: "info",
        VERSION: "1.2.3",
        PROXY: "http://localhost:3128",
        DATABASE_URL: "postgres://shop:p@db.internal:5432/shop",
        SEARCH: "search:9200",
        BROKERS: "b-1.kafka.internal, b-2.kafka.internal",
        METRICS: "10.0.3.4:8125",
      };
      beforeEach(() => change("dev", (app) => (app.env = ADDRESSES)));

      it("says which addresses it shares with the other stack, and not what they are", async () => {
        const told = await stack("new", "pr-12", ...NEW);
        assert.match(
          told,
          /\n {2}shares with dev .*\(app\.env\): DATABASE_URL, SEARCH, BROKERS, METRICS\n.*--env DATABASE_URL=VALUE$/,
        );
        assert.doesNotMatch(told, /db\.internal/);
      });

      it("takes a value of the site's own, which is word for word what is typed", async () => {
        const own = ["--env", "DATABASE_URL=postgres://dev.shop.example.com/a=b", "--env", "NEW="];
        const told = await stack("new", "pr-12", ...NEW, ...own);
        assert.match(told, /\(app\.env\): SEARCH, BROKERS, METRICS\n/);
        assert.deepEqual(env12(), {
          ...ADDRESSES,
          APP_URL: "https://pr-12.dev.shop.example.com/",
          DATABASE_URL: "postgres://dev.shop.example.com/a=b",
          NEW: "",
        });
      });

      it("refuses one that is typed wrong, or is a secret", async () => {
        assert.match(await refusal("new", "pr-12", ...NEW, "--env", "A-B=1"), /^--env 'A-B=1' is/);
        assert.match(
          await refusal("new", "pr-12", ...NEW, "--env", "API_KEY=1"),
          /^--env API_KEY is refused: it is a secret in stack 'dev'.*\n.*--secret-env API_KEY$/,
        );
        assert.deepEqual(changes(), []);
      });
    });

    for (const [path, value] of [
      ["app.env.DATABASE_URL", { env: { DATABASE_URL: { secure: "v1:c" } } }],
      ["app.host", { host: { secure: "v1:c" } }],
      ["app.resources.memory", { resources: { memory: { secure: "v1:c" } } }],
      ["app.tolerations.0.value", { tolerations: [{ key: "a", value: { secure: "v1:c" } }] }],
    ] as const) {
      it(`refuses what is encrypted and would be copied: ${path}`, async () => {
        change("dev", (app) => Object.assign(app, value));
        assert.ok(
          (await refusal("new", "pr-12", ...NEW)).includes(`${path}: is encrypted in stack 'dev'`),
        );
        assert.deepEqual(fake.asked, []);
      });
    }

    for (const [path, key, value] of [
      ["ingress.annotations.auth", "ingress", { annotations: { auth: { secure: "v1:c" } } }],
      ["networkPolicy.outbound.0.cidr", "networkPolicy", { outbound: [{ cidr: { secure: "c" } }] }],
      ["ingress", "ingress", { secure: "v1:c" }],
      ["production", "production", { secure: "v1:c" }],
    ] as const) {
      it(`refuses what is encrypted and would be copied: ${path}`, async () => {
        const file = parse(readFileSync(fake.file("dev"), "utf8")) as { config: object };
        Object.assign(file.config, { [`next-on-eks:${key}`]: value });
        writeFileSync(fake.file("dev"), stringify(file));
        assert.ok(
          (await refusal("new", "pr-12", ...NEW)).includes(`${path}: is encrypted in stack 'dev'`),
        );
        assert.deepEqual(fake.asked, []);
      });
    }

    it("says where a secret belongs, or takes a value for the site instead", async () => {
      change("dev", (app) => (app.env = { TOKEN: { secure: "v1:c" } }));
      assert.match(
        await refusal("new", "pr-12", ...NEW),
        /app\.secretEnv\.TOKEN'\n[^]*config rm --stack dev --path 'next-on-eks:app\.env\.TOKEN'\n[^]*--env TOKEN=VALUE/,
      );
      await stack("new", "pr-12", ...NEW, "--env", "TOKEN=of the site");
      assert.deepEqual(fake.read("pr-12").config["next-on-eks:app"]?.env, { TOKEN: "of the site" });
    });

    it("takes --config-file from where the user stands", async () => {
      const file = join(fake.folder, "other.yaml");
      copyFileSync(fake.file("dev"), file);
      const given = relative(process.cwd(), file);
      await stack("new", "pr-12", ...NEW, "--config-file", given, "--dry-run");
      assert.match(
        await refusal("new", "pr-12", ...NEW, "--config-file", "other.yaml"),
        /^other\.yaml can't be read/,
      );
    });

    it("says what DNS lacks, and how to look without it", async () => {
      found.unresolved = "it has no DNS record";
      const told = await stack("new", "pr-12", ...NEW);
      assert.match(told, /^pr-12 is made: http:/);
      assert.match(
        told,
        /browsers do not find pr-12\.dev\.shop\.example\.com: it has no DNS record\..*\n +\*\.dev\.shop\.example\.com {2}CNAME .*pulumi stack output --stack dev loadBalancer/,
      );
      assert.match(
        told,
        /until then: curl --header 'Host: pr-12\.dev\.shop\.example\.com' http:\/\/10\.0\.0\.1$/,
      );
    });

    for (const [what, problem, message] of [
      ["DNS", { unresolved: "it has no DNS record" }, /^browsers do not find pr-12\.dev/],
      [
        "the certificate",
        { distrust: "Hostname/IP does not match certificate's altnames." },
        /^a browser would not trust https:\/\/pr-12\.dev.*altnames\. Set up a certificate.*\n.*dev\.shop\.example\.com and \*\.dev\.shop\.example\.com/,
      ],
    ] as const) {
      it(`with --reachable refuses what ${what} lacks, before anything is made or built`, async () => {
        found = problem;
        assert.match(await refusal("new", "pr-12", ...NEW, "--https", "--reachable"), message);
        assert.deepEqual(fake.asked, []);
        found = {};
        await stack("new", "pr-12", ...NEW, "--https", "--reachable");
      });
    }

    it("asks no certificate of a site that answers by HTTP", async () => {
      found.distrust = "nothing listens there";
      await stack("new", "pr-12", ...NEW, "--reachable");
    });

    it("builds the image once for a commit, after all checks, and runs it by digest", async () => {
      const image = `r.test/shop@sha256:${"a".repeat(64)}`;
      await stack(...BUILD);
      assert.equal(fake.read("pr-12").config["next-on-eks:app"]?.image, image);
      const docker = () => fake.asked.filter((command) => command.startsWith("docker"));
      assert.equal(docker().length, 3, docker().join("\n"));
      assert.match(docker()[1] ?? "", /build --push --tag r\.test\/shop:c0ffee/);
      fake.asked.length = 0;
      await stack("new", "pr-13", ...BUILD.slice(2));
      assert.equal(docker().length, 1, "it is there");
      fake.asked.length = 0;
      await refusal("new", "pr-14", ...BUILD.slice(2), "--max", "2");
      assert.deepEqual(docker(), [], "a build takes minutes");
    });

    it("runs the image of a stack that builds none, whatever --build says", async () => {
      change("dev", (app) => Object.assign(app, { build: undefined, image: IMAGE }));
      await stack(...BUILD);
      assert.equal(fake.read("pr-12").config["next-on-eks:app"]?.image, IMAGE);
    });

    it("with --dry-run prints the config and does nothing", async () => {
      const { config } = parse(await stack("new", "pr-12", ...NEW, "--dry-run")) as {
        config: Record<string, unknown>;
      };
      assert.deepEqual(config["next-on-eks:review"], {
        pullRequest: 12,
        until: "2026-12-08T10:00:00Z",
      });
      assert.deepEqual(fake.asked, []);
      assert.equal(existsSync(fake.file("pr-12")), false);
    });

    for (const [what, args, message] of [
      ["another name", ["new", "staging", ...NEW], /^'staging' is refused: .*pr-12/],
      ["pr-0", ["new", "pr-0", ...NEW], /^'pr-0' is refused/],
      ["no name", ["new"], /^the name of the site is missing: npm run stack -- new pr-12/],
      ["no --from", ["new", "pr-12"], /^--from is missing: npm run stack -- new pr-12 --from dev/],
      ["no such stack", ["new", "pr-12", "--from", "nix"], /^Pulumi.nix.yaml can't be read/],
      ["days", ["new", "pr-12", ...NEW, "--days", "91"], /^--days '91' is refused: .* 1 to 90/],
      ["max", ["new", "pr-12", ...NEW, "--max", "1e3"], /^--max '1e3' is refused: .* 1 to 1000/],
      ["an image", ["new", "pr-12", ...NEW, "--image", "A b"], /^--image 'A b' is refused/],
      [
        "a secret",
        ["new", "pr-12", ...NEW, "--secret-env", "X"],
        /^--secret-env X is refused: the env/,
      ],
      [
        "a build and an image",
        ["new", "pr-12", ...NEW, "--build", "r.test/shop"],
        /^--image and --build/,
      ],
      [
        "a secret of the build",
        [...BUILD, "--build-secret", "npmrc"],
        /^--build-secret 'npmrc' is refused/,
      ],
      [
        "its variable",
        [...BUILD, "--build-secret", "npmrc=NPMRC"],
        /^--build-secret npmrc=NPMRC is ref/,
      ],
      ["json", ["remove", "pr-12", "--json", "x"], /^remove accepts no --json/],
      ["an option", ["new", "pr-12", "--form", "dev"], /^Unknown option '--form'/],
      ["more", ["new", "pr-12", "pr-13"], /^'pr-13' is too much/],
      ["a verb", ["make", "pr-12"], /^'make' is refused: expected new, remove or list/],
    ] as const) {
      it(`refuses what is typed wrong, and does nothing: ${what}`, async () => {
        assert.match(await refusal(...args), message);
        assert.deepEqual(changes(), []);
      });
    }

    it("refuses a variable that the other stack does not have", async () => {
      env.OTHER = "x";
      assert.match(
        await refusal("new", "pr-12", ...NEW, "--secret-env", "OTHER"),
        /app\.secretEnv of stack 'dev' has no such variable\. It has: SESSION_SECRET, API_KEY\./,
      );
      assert.deepEqual(changes(), []);
    });

    it("refuses a config that the program would refuse, before anything is made", async () => {
      change("dev", (app) => (app.health = { path: "without a slash" }));
      assert.match(
        await refusal("new", "pr-12", ...NEW),
        /app\.health\.path.*Nothing is changed\./s,
      );
      assert.deepEqual(fake.asked, []);
    });

    it("makes a site anew whose run was ended while it waited for its image, and counts it like any other", async () => {
      const left = (name: string): unknown => fake.stacks.set(name, { resources: [] });
      left("pr-12");
      assert.match(await stack("new", "pr-12", ...NEW), /^pr-12 is made: /);
      assert.deepEqual(changes().slice(0, 2), [
        "pulumi stack rm pr-12",
        "pulumi stack init pr-12 --no-select",
      ]);
      left("pr-13");
      assert.match(await refusal("new", "pr-13", ...NEW, "--max", "1"), /--max is 1: pr-12/);
      assert.equal(fake.stacks.has("pr-13"), false, "it still takes a place");
    });

    it("removes what a first pulumi up has left that was ended half-way, whose config nobody has, and makes it anew", async () => {
      const left = () => {
        fake.site(12);
        rmSync(fake.file("pr-12"));
        fake.stacks.set("pr-12", { resources: stateOf(12), ended: true });
      };
      left();
      assert.match(await stack("new", "pr-12", ...NEW), /^pr-12 is made: /);
      assert.deepEqual(changes().slice(0, 4), [
        "pulumi config refresh --force --stack pr-12",
        "pulumi destroy --stack pr-12",
        "pulumi stack rm pr-12",
        "pulumi stack init pr-12 --no-select",
      ]);
      left();
      const locked = "error: the stack is currently locked by 1 lock(s)";
      fake.instead = (command) =>
        command.startsWith("pulumi destroy") ? { code: 255, stdout: "", text: locked } : undefined;
      assert.match(await refusal("new", "pr-12", ...NEW), /pulumi cancel --yes --stack pr-12/);
      assert.deepEqual(fake.traces("pr-12"), ["stack", "namespace"]);
    });

    it("makes nothing anew where its config cannot be had for another reason", async () => {
      fake.site(12);
      rmSync(fake.file("pr-12"));
      fake.instead = (command) =>
        command.startsWith("pulumi config refresh")
          ? { code: 255, stdout: "", text: "error: no route to host" }
          : undefined;
      assert.match(await refusal("new", "pr-12", ...NEW), /no route to host/);
      assert.deepEqual(fake.traces("pr-12"), ["stack", "namespace"]);
    });

    it("lists the stacks again where another run is just writing the file of one, and not for ever", async () => {
      let left = 2;
      const broken = { code: 1, text: "error: EOF", stdout: "" };
      fake.instead = (command) =>
        command.startsWith("pulumi stack ls") && left-- > 0 ? broken : undefined;
      assert.match(await stack("new", "pr-12", ...NEW), /^pr-12 is made: /);
      left = Infinity;
      assert.match(await refusal("new", "pr-13", ...NEW), /pulumi stack ls failed.*EOF/s);
    });

    it("refuses one site more than there may be; those that are there still get their commits", async () => {
      fake.site(1).site(2);
      assert.equal(
        await refusal("new", "pr-12", ...NEW, "--max", "2"),
        "there are 2 review sites already, and --max is 2: pr-1, pr-2.\n" +
          "  remove one: npm run stack -- remove pr-1\n  or allow more: --max 3",
      );
      assert.deepEqual(changes(), []);
      await stack("new", "pr-2", ...NEW, "--max", "2");
    });

    it("counts what Pulumi or the cluster knows, each once", async () => {
      fake.site(1);
      fake.stacks.set("pr-2", { resources: [] }).set("dev", { resources: [] });
      fake.namespaces.push(namespaceOf(3));
      assert.match(
        await refusal("new", "pr-12", ...NEW, "--max", "3"),
        /^there are 3 review sites already, and --max is 3: pr-1, pr-2, pr-3\./,
      );
      await stack("new", "pr-12", ...NEW, "--max", "4");
    });

    it("does not count a site that is going", async () => {
      fake.namespaces.push(namespaceOf(1, { deletionTimestamp: "2026-12-01T09:59:00Z" }));
      await stack("new", "pr-12", ...NEW, "--max", "1");
    });

    it("refuses a namespace whose stack is lost, or that is still going", async () => {
      fake.namespaces = [namespaceOf(12)];
      assert.match(
        await refusal("new", "pr-12", ...NEW),
        /no stack of that name: .*\n.* kubectl --context dev-cluster delete namespace pr-12$/,
      );
      fake.namespaces = [namespaceOf(12, { deletionTimestamp: "2026-12-01T09:59:00Z" })];
      assert.match(await refusal("new", "pr-12", ...NEW), /is still going, since 2026-12-01T09:59/);
      assert.deepEqual(changes(), []);
    });

    it("takes no silence of kubectl for an empty cluster", async () => {
      fake.instead = (command) =>
        command.startsWith("kubectl")
          ? { code: 1, stdout: "", text: "error: You must be logged in to the server" }
          : undefined;
      assert.match(
        await refusal("new", "pr-12", ...NEW),
        /exit code 1:\n {2}error: You must be logged in/,
      );
      assert.deepEqual(changes(), []);
    });

    for (const [what, failing] of [
      ["a secret cannot be set", "pulumi config set"],
      ["pulumi up fails", "pulumi up"],
      ["its outputs cannot be read", "pulumi stack output"],
    ] as const) {
      it(`leaves nothing half-done where ${what}`, async () => {
        fake.instead = (command) =>
          command.startsWith(failing) ? { code: 1, stdout: "", text: "no such luck" } : undefined;
        assert.match(await refusal("new", "pr-12", ...NEW), /What it had made is removed again\.$/);
        assert.deepEqual(fake.traces("pr-12"), []);
      });
    }

    it("says so where it cannot clean up either", async () => {
      fake.instead = (command) =>
        /pulumi (up|destroy)/.test(command) ? { code: 1, stdout: "", text: "no luck" } : undefined;
      const told = await refusal("new", "pr-12", ...NEW);
      assert.match(
        told,
        /^pulumi up of pr-12 failed.*\nAnd it cannot be removed: pulumi destroy of pr-12 failed/,
      );
      assert.match(told, /npm run stack -- remove pr-12$/);
    });

    it("removes nothing of a site that was there where a new commit cannot be brought up", async () => {
      fake.site(12);
      fake.instead = (command) =>
        command.startsWith("pulumi up") ? { code: 1, stdout: "", text: "" } : undefined;
      assert.match(await refusal("new", "pr-12", ...NEW), /^pulumi up of pr-12 failed/);
      assert.deepEqual(fake.traces("pr-12"), ["stack", "namespace", "file"]);
    });
  });

  describe("remove", () => {
    it("destroys, looks whether it is gone, and forgets the stack", async () => {
      fake.site(12).site(13);
      assert.equal(
        await stack("remove", "pr-12"),
        "pr-12 is removed: 2 resources, its namespace, and the stack.",
      );
      assert.deepEqual(changes(), ["pulumi destroy --stack pr-12", "pulumi stack rm pr-12"]);
      assert.deepEqual(fake.traces("pr-12"), []);
      assert.deepEqual(fake.traces("pr-13"), ["stack", "namespace", "file"]);
      const kubectl = fake.asked.filter((command) => command.startsWith("kubectl"));
      assert.ok(kubectl.every((command) => command.startsWith("kubectl --context dev-cluster ")));
    });

    for (const name of [
      "dev",
      "prod",
      "production",
      "pr-",
      "pr-1x",
      "pr-01",
      "PR-1",
      "pr-1/../dev",
    ]) {
      it(`refuses ${name}, and asks nobody`, async () => {
        assert.match(await refusal("remove", name), /is not the site of a pull request/);
        assert.deepEqual(fake.asked, []);
      });
    }

    it("refuses a stack of that name which is no site", async () => {
      fake.stacks.set("pr-12", { resources: stateOf(13) });
      assert.match(
        await refusal("remove", "pr-12"),
        /none of its 2 resources is a namespace with the label next-on-eks\/pull-request=12\.\n.*pulumi destroy --stack pr-12/,
      );
      assert.deepEqual(changes(), []);
    });

    it("refuses where there is nothing, and names how to see what there is", async () => {
      assert.match(
        await refusal("remove", "pr-12"),
        /nothing to remove\.\n.*npm run stack -- list$/,
      );
    });

    it("removes a stack that never had a resource", async () => {
      fake.stacks.set("pr-12", { resources: [] });
      assert.match(await stack("remove", "pr-12"), /^pr-12 is removed: 0 resources/);
      assert.deepEqual(fake.traces("pr-12"), []);
    });

    for (const [what, prepare] of [
      ["the state is empty", () => fake.stacks.set("pr-12", { resources: [] })],
      ["the stack is gone", () => fake.stacks.delete("pr-12")],
    ] as const) {
      it(`fails where it would remove nothing, though the site is there: ${what}`, async () => {
        fake.site(12);
        prepare();
        assert.match(
          await refusal("remove", "pr-12"),
          /^nothing is removed: Pulumi's state has nothing of pr-12, but its namespace is in the cluster\..*\n.*delete namespace pr-12/,
        );
        assert.deepEqual(changes(), []);
        assert.ok(fake.traces("pr-12").includes("namespace"));
      });
    }

    for (const [what, prepare, message] of [
      [
        "resources in the state",
        () => undefined,
        /its state still has 2 of 2 resources: urn:namespace/,
      ],
      [
        "the namespace",
        () => fake.stacks.set("pr-12", { resources: [] }),
        /its namespace is still in the cluster; the stack stays\.\n.*describe namespace pr-12/,
      ],
      [
        "a volume",
        () => {
          fake.stacks.set("pr-12", { resources: [] });
          fake.namespaces = [];
          fake.volumes = { "pvc-1": "pr-12", "pvc-2": "pr-13" };
        },
        /volumes of pr-12 are left, which its claims had: pvc-1; the stack stays/,
      ],
    ] as const) {
      it(`fails where a destroy that reports success has left ${what}`, async () => {
        fake.site(12);
        fake.instead = (command) => {
          if (!command.startsWith("pulumi destroy")) return undefined;
          prepare();
          return { code: 0, stdout: "", text: "" };
        };
        assert.match(await refusal("remove", "pr-12"), message);
        assert.ok(fake.traces("pr-12").includes("stack"), "the stack is forgotten");
      });
    }

    it("keeps the stack where the destroy fails, and says how to end a lock", async () => {
      fake.site(12);
      let text = "error: the stack is currently locked by 1 lock(s)";
      fake.instead = (command) =>
        command.startsWith("pulumi destroy") ? { code: 255, stdout: "", text } : undefined;
      assert.match(await refusal("remove", "pr-12"), /pulumi cancel --yes --stack pr-12/);
      text = "error: no route to host";
      assert.doesNotMatch(await refusal("remove", "pr-12"), /cancel/);
      assert.deepEqual(fake.traces("pr-12"), ["stack", "namespace", "file"]);
    });

    it("accepts nothing that is of new", async () => {
      assert.match(await refusal("remove", "pr-12", "--from", "dev"), /^remove accepts no --from/);
    });
  });

  describe("list", () => {
    it("shows what is in the state, in the cluster, or in one of both", async () => {
      fake.site(2);
      fake.stacks.set("dev", { resources: [] });
      fake.stacks.set("pr-10", { resources: [] });
      fake.namespaces.push(
        namespaceOf(3),
        namespaceOf(4, { deletionTimestamp: "2026-12-01T09:59:00Z" }),
        { name: "shop", labels: {} },
      );
      assert.deepEqual((await stack("list")).split("\n"), [
        "pr-2         until 2026-12-08T10:00:00.000Z",
        "pr-3         in the cluster, without a stack: its state is lost, or elsewhere",
        "pr-4         its namespace is going",
        "pr-10        a stack, without a namespace in the cluster",
      ]);
    });

    it("says that there is none", async () => {
      assert.equal(await stack("list"), "There are no review sites.");
    });

    it("gives programs all that is known", async () => {
      fake.site(2);
      const file = join(fake.folder, "sites.json");
      await stack("list", "--json", file);
      assert.deepEqual(JSON.parse(readFileSync(file, "utf8")), {
        now: "2026-12-01T10:00:00.000Z",
        stacks: [
          { name: "pr-2", pullRequest: 2, lastUpdate: "2026-12-01T10:00:00.000Z", updating: false },
        ],
        namespaces: [{ name: "pr-2", pullRequest: 2, until: "2026-12-08T10:00:00.000Z" }],
      });
    });
  });

  it("explains itself", async () => {
    for (const args of [[], ["--help"], ["new", "-h"]]) {
      assert.match(await stack(...args), /^The site of a pull request.*--dry-run/s);
    }
  });
});
