/*
 * npx tsx docs/commentPicture.ts [FILE.png [WIDTH]]: a picture of a real comment, as docs/pull-requests.md shows it. It pushes a change to a
 * throwaway repository, runs the steps of preview.yml with a Pulumi CLI that says what the real one would, and lets a browser draw the comment that a copy of GitHub's API then has. It needs
 * Chromium (CHROMIUM names another) and pngquant on PATH, and a registry for `marked`.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Expressions } from "../test/pulls/expressions";
import { FakePulumi, Repository } from "../test/pulls/repository";
import { Runner } from "../test/pulls/runner";
import { FakeGithub } from "../test/scripts/github/fakeGithub";

const DESKTOP = 860;
const CHROMIUM = process.env.CHROMIUM ?? "chromium";

/** What `pulumi preview` says of dev's change, in the words of the CLI. */
const ENGINE = `Previewing update (dev):
  pulumi:pulumi:Stack: (same)
    [urn=urn:pulumi:dev::next-on-eks::pulumi:pulumi:Stack::next-on-eks-dev]
            ~ kubernetes:autoscaling/v2:HorizontalPodAutoscaler: (update)
                [id=next-on-eks/web]
              ~ spec: {
                  ~ maxReplicas: 4 => 6
                }
Resources:
    ~ 1 to update
    72 unchanged
`;

/** The comment and the labels of a pull request that changes two of three stacks. */
async function realComment(): Promise<{ comment: string; labels: string[] }> {
  const github = new FakeGithub();
  await github.start();
  const [runner, repository] = [new Runner(await Expressions.load(), github), new Repository()];
  const pulumi = new FakePulumi();
  pulumi.says({ dev: { text: ENGINE } });
  const secrets = { PULUMI_CONFIG_PASSPHRASE: "p" };
  const preview = { vars: { AWS_PREVIEW_ROLE: "arn:aws:iam::111122223333:role/preview" }, secrets };
  try {
    repository.edit("Pulumi.prod.yaml", "sessions: own", "sessions: shared");
    repository.edit("Pulumi.dev.yaml", "min: 2, max: 4", "min: 2, max: 6");
    const { head, merge } = repository.push("one Redis for all");
    github.pull.head.sha = head;
    const full = { number: 7, head: { sha: head, repo: { full_name: "acme/shop" } } };
    await runner.run({
      ...{ workflow: "preview", number: 1, repository: repository.folder, commit: merge },
      ...{ event: { pull_request: full }, tools: pulumi.folder, environments: { preview } },
      vars: { PULUMI_BACKEND_URL: "s3://state" },
    });
    return { comment: github.comments[0]?.body ?? "", labels: github.labels };
  } finally {
    github.stop();
    runner.remove();
    repository.remove();
    pulumi.remove();
  }
}

function run(command: string, args: readonly string[], input = ""): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8", input });
  if (status !== 0) throw new Error(`${command}: ${error?.message ?? stderr}`);
  return stdout;
}

/** Colours, sizes and spaces of a comment on GitHub in its light theme, near enough. */
const STYLE = `
  body { margin: 0; padding: 16px; background: #fff; color: #1f2328;
    font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", Helvetica, Arial, sans-serif; }
  .comment { border: 1px solid #d1d9e0; border-radius: 6px; }
  .head { padding: 8px 16px; background: #f6f8fa; border-bottom: 1px solid #d1d9e0; border-radius: 6px 6px 0 0; color: #59636e; }
  .head b { color: #1f2328; }
  .bot, .label { border: 1px solid #d1d9e0; border-radius: 2em; padding: 0 7px; font-size: 12px; margin-left: 4px; }
  .label { float: right; border: 0; color: #fff; font-weight: 500; line-height: 20px; background: #b60205; }
  .body { padding: 16px; overflow-wrap: break-word; }
  h3 { font-size: 1.25em; margin: 0 0 16px; line-height: 1.25; }
  h4 { font-size: 1em; margin: 24px 0 16px; }
  ul { padding-left: 2em; margin: 0 0 16px; } p { margin: 0 0 16px; } li > p { margin: 16px 0 0; } li + li { margin-top: 4px; }
  code, pre { font: 85%/1.45 ui-monospace, "Liberation Mono", "DejaVu Sans Mono", monospace; background: #818b981f; border-radius: 6px; }
  code { padding: 0.2em 0.4em; } pre { padding: 16px; overflow: auto; margin: 0 0 16px; background: #f6f8fa; } pre code { padding: 0; background: none; font-size: 100%; }
  a { color: #0969da; text-decoration: none; } sub { font-size: 75%; } details { margin-bottom: 16px; }
  table { border-collapse: collapse; display: block; overflow: auto; margin-bottom: 16px; } td, th { border: 1px solid #d1d9e0; padding: 6px 13px; }
`;

function pageOf(comment: string, labels: readonly string[]): string {
  const html = run("npx", ["--yes", "marked@18.2.1", "--gfm"], comment);
  const marks = labels.map((label) => `<span class="label">${label}</span>`).join("");
  return `<!doctype html><meta charset="utf-8"><style>${STYLE}</style>
<div class="comment"><div class="head">${marks}<b>github-actions</b><span class="bot">bot</span> commented</div><div class="body">${html}</div></div>
<script>document.title = document.documentElement.scrollHeight</script>`;
}

function draw(page: string, file: string, width: number): void {
  const folder = mkdtempSync(join(tmpdir(), "picture-"));
  try {
    const html = join(folder, "comment.html");
    writeFileSync(html, page);
    const browser = (height: number, ...args: string[]) =>
      run(CHROMIUM, [
        ...["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--log-level=3"],
        ...[`--user-data-dir=${join(folder, "profile")}`, `--window-size=${width},${height}`],
        ...[...args, `file://${html}`],
      ]);
    const [, height = ""] = /<title>(\d+)<\/title>/.exec(browser(100, "--dump-dom")) ?? [];
    browser(Number(height), `--screenshot=${resolve(file)}`);
    run("pngquant", ["--force", "--output", file, "64", file]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main([file = join(__dirname, "pull-request-comment.png"), width]: string[]) {
  const { comment, labels } = await realComment();
  draw(pageOf(comment, labels), file, Number(width ?? DESKTOP));
  process.stdout.write(`${file}\n`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
});
