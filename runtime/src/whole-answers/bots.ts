import type { IsBot } from "./past";

/** There are a few hundred user agents at one time. */
const MOST_KNOWN = 1000;
/** A longer one is asked for each time: what is remembered stays small. */
const LONGEST = 512;

/**
 * Next.js's own opinion, and the app's `htmlLimitedBots`. Each user agent is matched once, because the expressions take
 * longer than all the rest of an answer.
 */
export function botsOf(own: IsBot, htmlLimited: string | undefined): IsBot {
  // as Next.js reads it: https://nextjs.org/docs/app/api-reference/config/next-config-js/htmlLimitedBots
  const more = htmlLimited === undefined ? undefined : new RegExp(htmlLimited, "i");
  const known = new Map<string, boolean>();
  return (agent) => {
    const found = known.get(agent);
    if (found !== undefined) return found;
    const isBot = own(agent) || more?.test(agent) === true;
    if (agent.length > LONGEST) return isBot;
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(agent, isBot);
    return isBot;
  };
}
