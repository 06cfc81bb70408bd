import assert from "node:assert/strict";
import { FakeGithub, READ_ONLY, type Answer } from "./fakeGithub";
import { load, type Api } from "./load";

const COMMENTS = "/repos/acme/shop/issues/7/comments";

describe("GitHub's API, as the workflows use it", () => {
  let github: FakeGithub;
  let api: Api;
  let waits: number[];
  before(async () => {
    api = await load<Api>("api.mjs");
  });
  beforeEach(async () => {
    github = new FakeGithub();
    await github.start();
    waits = [];
  });
  afterEach(() => github.stop());

  const client = (more: { timeoutMs?: number } = {}) =>
    api.client({
      token: "t",
      url: github.url,
      now: () => 1_000_000,
      sleep: (ms) => Promise.resolve(waits.push(ms)),
      ...more,
    });
  /** Answers so many requests with these, then as ever. */
  const answer = (...answers: Answer[]) => {
    github.before = () => answers.shift();
  };
  const get = () => client().send("GET", COMMENTS);
  const refusal = (status: number) => (error: unknown) =>
    error instanceof api.ApiError && error.status === status;

  it("reads all pages", async () => {
    for (let i = 0; i < 250; i++) github.comment(`comment ${i}`, "somebody");
    assert.equal((await client().list(COMMENTS)).length, 250);
    assert.equal(github.asked.length, 3);
    assert.match(github.asked[2] ?? "", /per_page=100&page=3$/);
  });

  it("gives its token to no other server that an answer points to", async () => {
    answer({ status: 200, headers: { link: '<http://127.0.0.1:9/x>; rel="next"' }, body: [] });
    await assert.rejects(client().list(COMMENTS), /http:\/\/127\.0\.0\.1:9\/x is not below/);
  });

  it("asks again after an error of GitHub's, three times", async () => {
    answer({ status: 502, body: "<html>" }, { status: 503 });
    assert.deepEqual((await get()).data, []);
    assert.deepEqual(waits, [1_000, 4_000]);
    answer(...Array<Answer>(9).fill({ status: 500, body: { message: "Server Error" } }));
    await assert.rejects(get(), refusal(500));
    assert.deepEqual(waits.slice(2), [1_000, 4_000, 16_000]);
  });

  it("asks again where no answer comes", async () => {
    let first = true;
    github.before = async () => {
      const slow = first;
      first = false;
      if (slow) await new Promise((resolve) => setTimeout(resolve, 150));
      return undefined;
    };
    await client({ timeoutMs: 100 }).send("GET", COMMENTS);
    assert.deepEqual(waits, [1_000]);
  });

  it("makes nothing twice: what GitHub perhaps made is not sent again", async () => {
    github.after = () => ({ status: 502 });
    await assert.rejects(client().send("POST", COMMENTS, { body: { body: "x" } }), refusal(502));
    assert.equal(github.comments.length, 1);
  });

  it("waits as long as a limit says", async () => {
    const limited = { status: 403, body: { message: "API rate limit exceeded" } };
    answer(
      { status: 429, headers: { "retry-after": "7" } },
      { ...limited, headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1020" } },
    );
    await get();
    assert.deepEqual(waits, [7_000, 21_000]);
  });

  it("waits a minute, then two, after a secondary limit, and gives up before the job is all waiting", async () => {
    const secondary = {
      status: 403,
      body: { message: "You have exceeded a secondary rate limit." },
    };
    answer(secondary, secondary);
    // A limit has refused the request, so a POST too is sent again.
    await client().send("POST", COMMENTS, { body: { body: "x" } });
    assert.deepEqual(waits, [60_000, 120_000]);
    assert.equal(github.comments.length, 1);
    answer(...Array<Answer>(9).fill(secondary));
    await assert.rejects(
      get(),
      (error: InstanceType<Api["ApiError"]>) =>
        error.status === 403 && error.limited && !error.refused,
    );
    assert.deepEqual(waits.slice(2), [60_000, 120_000]);
    waits = [];
    answer({ status: 429, headers: { "retry-after": "3600" } });
    await assert.rejects(get(), /429 .*a limit of GitHub for 3600 s/);
    assert.deepEqual(waits, []);
  });

  it("does not wait for a permission", async () => {
    answer(READ_ONLY);
    await assert.rejects(get(), (error: InstanceType<Api["ApiError"]>) => {
      assert.match(error.message, /GET .*comments: 403 Resource not accessible by integration/);
      return error.refused && !error.limited && !error.gone && !error.unknown;
    });
    assert.deepEqual(waits, []);
  });
});
