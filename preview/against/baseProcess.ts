import "./basePackages";
import "../../cli/startup";
import { readFileSync, writeSync } from "node:fs";
import { explain, isRefusal } from "../../cli/explain";
import { digester } from "../../plan/hidden";
import { ANSWER_PIPE, type Answer, type Job } from "./baseJob";
import { planIn } from "./planning";

/* Plans a base with other dependencies, in a process of its own that is started in the base's folder. */

async function answerTo({ config, key, mark }: Job): Promise<Answer> {
  const digest = digester(Buffer.from(key, "base64"));
  try {
    const hide = (secret: unknown) => mark + digest(secret);
    return { plan: await planIn(process.cwd(), config, hide) };
  } catch (error) {
    return { why: explain(error, false), refused: isRefusal(error) };
  }
}

async function main(): Promise<void> {
  const answer = await answerTo(JSON.parse(readFileSync(0, "utf8")) as Job);
  const bytes = Buffer.from(JSON.stringify(answer));
  for (let at = 0; at < bytes.length;) at += writeSync(ANSWER_PIPE, bytes, at);
}

void main();
