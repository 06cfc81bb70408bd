import assert from "node:assert/strict";
import { MARKER as REVIEW_MARKER } from "../../../review/print/markdown";
import { BOT, FakeGithub, type Asked } from "./fakeGithub";
import { load, type Api, type BodyModule, type Comments, type Slots } from "./load";

type Body = ReturnType<BodyModule["parse"]>;

describe("the one comment of a pull request", () => {
  let github: FakeGithub;
  let api: Api;
  let text: BodyModule;
  let comments: Comments;
  let slots: Slots;
  before(async () => {
    api = await load<Api>("api.mjs");
    text = await load<BodyModule>("body.mjs");
    comments = await load<Comments>("comments.mjs");
    slots = await load<Slots>("slots.mjs");
  });
  beforeEach(async () => {
    github = new FakeGithub();
    await github.start();
  });
  afterEach(() => github.stop());

  const place = (sleep: (ms: number) => Promise<unknown> = () => Promise.resolve()) => ({
    client: api.client({ token: "t", url: github.url, sleep }),
    repository: "acme/shop",
    pull: 7,
    author: BOT,
  });
  const body = (main: string, run = 1, more: Partial<Body> = {}): Body => ({
    main,
    slots: new Map<string, string>(),
    stamp: { run, attempt: 1, commit: "c0ffee1" },
    foot: "For c0ffee1",
    ...more,
  });
  /** Writes a body as `preview.yml` does, keeping the slot of the site. */
  const write = (main: string, run = 1, where = place()) =>
    comments.writeComment(where, {
      change: (now) => {
        const next = body(main, run);
        if (now?.stamp && text.isNewer(now.stamp, next.stamp)) return "outdated";
        const site = now?.slots.get("site");
        return { ...next, slots: new Map(site === undefined ? [] : [["site", site]]) };
      },
      holds: ({ stamp }) => (stamp?.run ?? 0) >= run,
    });
  const only = () => {
    assert.equal(github.comments.length, 1, JSON.stringify(github.comments, null, 1));
    return github.comments[0]?.body ?? "";
  };
  const writes = () => github.asked.filter((it) => !it.startsWith("GET"));
  /** Does something once, when a request of this method has been answered. */
  const once = (method: string, path: RegExp, what: () => void) => {
    let done = false;
    github.after = (asked: Asked) => {
      if (!done && asked.method === method && path.test(asked.path)) {
        done = true;
        what();
      }
      return undefined;
    };
  };

  it("begins as the comparison's Markdown does", () => {
    assert.equal(text.MARKER, REVIEW_MARKER);
  });

  it("is made, and then edited in place", async () => {
    assert.equal(await write("### one"), "written");
    const [first] = github.comments;
    assert.equal(await write("### two", 2), "written");
    assert.match(only(), /^<!-- next-on-eks: [^\n]*\n### two\n/);
    assert.equal(github.comments[0]?.id, first?.id);
  });

  it("is found on the third page, and nothing is written where nothing differs", async () => {
    for (let i = 0; i < 230; i++) github.comment(`comment ${i}`, "somebody");
    await write("### one");
    const before = writes().length;
    assert.equal(await write("### one"), "written");
    assert.equal(writes().length, before);
    assert.equal(github.comments.length, 231);
  });

  it("leaves what others wrote alone, with the marker or without", async () => {
    const others = [
      github.comment(`${text.MARKER}\n### mine`, "mallory"),
      github.comment(`> ${text.MARKER}\n> quoted`),
      github.comment("#### :tropical_drink: `preview` on other-project/dev"),
      github.comment("#### :tropical_drink: `preview` on next-on-eks/dev", "mallory"),
    ];
    const said = others.map(({ body: it }) => it);
    await write("### one");
    assert.deepEqual(
      github.comments.slice(0, 4).map(({ body: it }) => it),
      said,
    );
    assert.equal(github.comments.length, 5);
  });

  it("leaves no comment behind that was once written for each stack", async () => {
    for (const stack of ["dev", "prod", "gone"]) {
      github.comment(`#### :tropical_drink: \`preview\` on next-on-eks/${stack}\n\n<details>`);
    }
    await write("### one");
    assert.match(only(), /### one/);
  });

  it("is one where two runs found none and both made one, with the newest body", async () => {
    once("GET", /comments$/, () => github.comment(text.print(body("### newer", 2))));
    assert.equal(await write("### older", 1), "outdated");
    assert.match(only(), /### newer/);
  });

  it("is one where both really run at the same time", async () => {
    const results = await Promise.all([write("### older", 1), write("### newer", 2)]);
    assert.ok(results.includes("written"));
    assert.match(only(), /### newer/);
  });

  it("keeps the slots of both where two were made at once", async () => {
    once("GET", /comments$/, () => github.comment(`${text.MARKER}\n### Not compared yet`));
    await Promise.all([write("### one", 1), slots.editSlot(place(), "site", "answers at A")]);
    assert.match(only(), /### one\n\n<!-- .*slot site -->\nanswers at A\n/);
  });

  it("of a later run is not overwritten by an earlier one that ends after it", async () => {
    await write("### second commit", 12);
    assert.equal(await write("### first commit", 11), "outdated");
    assert.match(only(), /### second commit/);
  });

  it("is made again where somebody deletes it between reading and editing", async () => {
    await write("### one");
    once("GET", /comments$/, () => (github.comments = []));
    assert.equal(await write("### two", 2), "written");
    assert.match(only(), /### two/);
    assert.ok(github.asked.some((it) => it.startsWith("PATCH")));
  });

  it("is made once where GitHub makes it and answers with an error", async () => {
    let failed = false;
    github.after = ({ method }) => {
      if (method !== "POST" || failed) return undefined;
      failed = true;
      return { status: 502 };
    };
    assert.equal(await write("### one"), "written");
    only();
  });

  it("is not made twice where the list does not show it yet", async () => {
    let lists = 0;
    github.before = ({ method, path }) =>
      method === "GET" && path.endsWith("/7/comments") && lists++ < 3
        ? { status: 200, body: [] }
        : undefined;
    assert.equal(await write("### one"), "written");
    only();
  });

  it("holds what two writers say, though one writes between the other's reading and writing", async () => {
    await write("### one");
    let read = "";
    once("GET", /comments$/, () => (read = github.comments[0]?.body ?? ""));
    let waits = 0;
    // The other read before us, and writes while we wait.
    const where = place(() => {
      const parsed = text.parse(read);
      if (++waits === 1 && github.comments[0]) {
        github.comments[0].body = text.print({
          ...parsed,
          slots: new Map([["engine-dev", "3 to create"]]),
        });
      }
      return Promise.resolve();
    });
    assert.equal(await slots.editSlot(where, "site", "answers at A"), "written");
    const { slots: both } = text.parse(only());
    assert.deepEqual(Object.fromEntries(both), {
      site: "answers at A",
      "engine-dev": "3 to create",
    });
  });

  it("that somebody overwrites each time is an error, and no endless loop", async () => {
    const where = place(() => {
      for (const comment of github.comments) comment.body = `${text.MARKER}\n### mine`;
      return Promise.resolve();
    });
    await assert.rejects(write("### one", 1, where), /after 6 tries its comment still does not/);
  });

  it("says so where the token is of another author, and leaves nothing", async () => {
    github.login = "our-app[bot]";
    await assert.rejects(write("### one"), /writes as 'our-app\[bot\]'.*COMMENT_AUTHOR/);
    assert.deepEqual(github.comments, []);
  });
});
