import * as assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { COMMENT_LIMIT } from "../../../review/print/markdown";
import { Project } from "./project";

/** Options that name a file, and what stands in it where nothing is left out. */
const FILES = {
  "--markdown": /^<!-- next-on-eks[^]*### local: /,
  "--whole": /^<!-- next-on-eks[^]*### local: /,
  "--html": /^<!doctype html>[^]*<h1>local: [^]*<svg [^]*<\/html>\n$/,
  "--svg": /^<svg [^]*<\/svg>\n$/,
  "--json": /^\{\n {2}"label": "changes",\n[^]*\}\n$/,
};
type Option = keyof typeof FILES;
const OPTIONS = Object.keys(FILES) as Option[];

describe("preview: files that it writes", function () {
  this.timeout(300_000);
  let project: Project;
  let folder: string;
  before(() => {
    project = new Project();
    project.edit("Pulumi.local.yaml", "min: 2, max: 4", "min: 3, max: 4");
    folder = join(project.folder, "..", "out");
  });
  beforeEach(() => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
  });
  after(() => project.remove());

  const path = (option: Option, at = folder) => join(at, option.slice(2));
  const read = (option: Option) => readFileSync(path(option), "utf8");
  const AGAINST = ["--against", "main", "--stack", "local"];

  function told(args: readonly string[]): string {
    const { code, stdout, stderr } = project.preview(...args);
    assert.deepEqual([code, stderr], [0, ""]);
    return stdout;
  }
  function refused(...args: string[]): string {
    const { code, stdout, stderr } = project.preview(...args);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /^[^\n]+\n$/);
    return stderr;
  }

  it("are the same alone and together, and beside them the text is printed", () => {
    const text = told([...AGAINST, ...OPTIONS.flatMap((option) => [option, path(option)])]);
    assert.match(text, /^local: web has 3 to 4 pods, and had 2 to 4\n/);
    const together = new Map(OPTIONS.map((option) => [option, read(option)]));
    for (const option of OPTIONS) {
      assert.match(together.get(option) ?? "", FILES[option]);
      rmSync(path(option));
    }
    for (const option of OPTIONS) {
      assert.equal(told([...AGAINST, option, path(option)]), text);
      assert.equal(read(option), together.get(option));
      for (const other of OPTIONS) assert.equal(existsSync(path(other)), other === option, other);
      rmSync(path(option));
    }
  });

  it("replace what was there, and of no change say so", () => {
    const files = OPTIONS.flatMap((option) => [option, path(option)]);
    told([...AGAINST, ...files]);
    told(["--against", "HEAD", "--stack", "dev", ...files]);
    for (const option of OPTIONS.filter((it) => it !== "--json")) {
      assert.match(read(option), /no change(:| in) dev/);
      assert.doesNotMatch(read(option), /local|web has/);
    }
    assert.match(read("--json"), /"label": "no-changes"/);
  });

  it("have all of a change of which the comment has not room for all", () => {
    const value = "x".repeat(100);
    const env = Array.from({ length: 500 }, (_, index) => `V${index}: ${value}`).join(", ");
    project.edit(
      "Pulumi.local.yaml",
      "image: web:local\n",
      `image: web:local\n    env: { ${env} }\n`,
    );
    try {
      told([...AGAINST, ...OPTIONS.flatMap((option) => [option, path(option)])]);
      const [comment, whole] = [read("--markdown"), read("--whole")];
      assert.ok(Buffer.byteLength(comment) <= COMMENT_LIMIT);
      assert.match(comment, /_Too long for a comment: the whole is in the job's artifact\._/);
      assert.doesNotMatch(comment, /V499/);
      assert.ok(Buffer.byteLength(whole) > COMMENT_LIMIT);
      for (const text of [whole, read("--html"), read("--json")]) assert.match(text, /V499/);
      assert.doesNotMatch(whole, /Too long/);
    } finally {
      project.edit("Pulumi.local.yaml", `    env: { ${env} }\n`, "");
    }
  });

  it("are refused before anything runs where they cannot be written", () => {
    const missing = join(folder, "none");
    for (const option of OPTIONS) {
      assert.equal(
        refused(...AGAINST, option, path(option, missing)),
        `${option}: there is no folder '${missing}' for '${path(option, missing)}': make it first, or name another file.\n`,
      );
      assert.equal(
        refused(...AGAINST, option, folder),
        `${option}: '${folder}' is a folder: expected a file.\n`,
      );
      assert.match(refused(...AGAINST, option, ""), /: '' is refused: expected a file\.$/m);
      if (option !== "--json") {
        assert.equal(
          refused(...AGAINST, option, "-"),
          `${option}: '-' is refused: expected a file.\n`,
        );
      }
    }
    const one = path("--html");
    assert.equal(
      refused(...AGAINST, "--html", one, "--whole", one),
      `--whole and --html name one file, '${one}': give each its own.\n`,
    );
    assert.equal(existsSync(one), false);
  });

  it("need a comparison, all but the picture and the plan as JSON", () => {
    for (const option of ["--markdown", "--whole", "--html"] as const) {
      assert.equal(
        refused("--stack", "local", option, path(option)),
        `${option} is about differences: add --against REF.\n`,
      );
    }
  });

  it("beside the cost of a stack: --cost prints it in place of the plan", () => {
    const { code, stdout, stderr } = project.preview(
      ...["--stack", "dev", "--cost", "--json", path("--json"), "--svg", path("--svg")],
    );
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^Cost of stack dev\n[^]*EKS control plane/);
    assert.doesNotMatch(stdout, /Plan of stack/);
    assert.match(read("--json"), /^\{\n {2}"stack": "dev"/);
    assert.match(read("--svg"), FILES["--svg"]);
    assert.match(
      told(["--stack", "local", "--cost"]),
      /^local: no resource of this stack is billed/,
    );
    assert.equal(refused(...AGAINST, "--cost"), "--cost is a part of --against: leave it out.\n");
  });

  it("take each option once", () => {
    assert.equal(
      refused(...AGAINST, "--against", "HEAD"),
      "Option '--against' is given twice; npm run preview -- --help lists all options.\n",
    );
  });
});
