/*
 * GitHub's REST API, as far as the workflows need it. No dependency: the jobs that hold a token which can write install
 * nobody's code. https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api
 */

/** A request that GitHub refused, or that did not get through. */
export class ApiError extends Error {
  /**
   * @param {string} message
   * @param {number} status of HTTP; 0: no answer
   */
  constructor(message, status) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    /** Whether GitHub wants to be left alone for a time, which it says by 403 too. */
    this.limited = false;
  }

  /** Whether the token may not do this: a fork's, a read-only one, one without the permission, or none. */
  get refused() {
    return (this.status === 401 || this.status === 403) && !this.limited;
  }

  /** Whether what was asked for is not there (any more). */
  get gone() {
    return this.status === 404 || this.status === 410;
  }

  /** Whether nobody knows if GitHub did what was asked. */
  get unknown() {
    return this.status === 0 || this.status >= 500;
  }
}

/** For `catch`: what is not there (any more) is no error. @param {unknown} error @returns {undefined} */
export function goneIsNothing(error) {
  if (!(error instanceof ApiError) || !error.gone) throw error;
}

/**
 * @typedef {{
 *   token: string,
 *   url: string,
 *   sleep?: (ms: number) => Promise<unknown>,
 *   now?: () => number,
 *   timeoutMs?: number,
 * }} Settings
 * `url` of the API, without a slash at its end; `timeoutMs` of one request, default 10 s
 *
 * @typedef {{ body?: unknown, again?: boolean }} Request
 * `again`: whether it may be sent again although GitHub perhaps did it; default: all but POST
 *
 * @typedef {ReturnType<typeof client>} Client
 */

/** Waits between tries where GitHub names none. */
const WAITS_MS = [1_000, 4_000, 16_000];
/** GitHub: at least a minute where a secondary limit names no time. */
const SECONDARY_MS = 60_000;
/** A job costs money while it waits: rather its summary than a limit that ends in an hour. */
const LONGEST_WAIT_MS = 5 * 60_000;
const MOST_PAGES = 100;

/** @param {number} ms */
const sleepFor = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** @param {Settings} settings */
export function client({ token, url, sleep = sleepFor, now = Date.now, timeoutMs = 10_000 }) {
  const origin = new URL(url).origin;

  /** @param {string} method @param {string} target @param {unknown} body */
  async function once(method, target, body) {
    try {
      const response = await fetch(target, {
        method,
        headers: {
          accept: "application/vnd.github+json",
          authorization: `Bearer ${token}`,
          "user-agent": "next-on-eks",
          "x-github-api-version": "2022-11-28",
          ...(body !== undefined && { "content-type": "application/json" }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      return { response, text: await response.text() };
    } catch (error) {
      const { message, cause } = /** @type {Error & { cause?: Error }} */ (error);
      throw new ApiError(`${method} ${target}: ${cause?.message ?? message}`, 0);
    }
  }

  /**
   * @param {string} method
   * @param {string} path below the API's address, or the address of a further page
   * @param {Request} [request]
   * @returns {Promise<{ data: any, next: string | undefined }>}
   * @throws {ApiError}
   */
  async function send(method, path, { body, again = method !== "POST" } = {}) {
    const target = path.startsWith("/") ? url + path : path;
    // The token goes to GitHub alone, wherever an answer points to.
    if (new URL(target).origin !== origin) throw new ApiError(`${target} is not below ${url}`, 0);
    let waited = 0;
    for (let tries = 0; ; tries++) {
      /** @type {ApiError} */
      let failure;
      let wait = WAITS_MS[tries];
      try {
        const { response, text } = await once(method, target, body);
        if (response.ok) return { data: parsed(text), next: nextOf(response) };
        failure = failureOf(method, target, response.status, text);
        const limit = limitOf(response, text, now(), tries);
        if (limit === undefined && !(failure.unknown && again)) throw failure;
        if (limit !== undefined) {
          failure.limited = true;
          failure.message += ` (a limit of GitHub for ${Math.ceil(limit / 1000)} s)`;
          wait = limit;
        }
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 0 || !again) throw error;
        failure = error;
      }
      if (wait === undefined || tries >= WAITS_MS.length || waited + wait > LONGEST_WAIT_MS)
        throw failure;
      waited += wait;
      await sleep(wait);
    }
  }

  return {
    send,
    /** Waits, as its requests do. */
    sleep,
    /**
     * All pages of a list.
     * @param {string} path with a query
     * @returns {Promise<any[]>}
     */
    async list(path) {
      const all = [];
      /** @type {string | undefined} */
      let page = `${path}${path.includes("?") ? "&" : "?"}per_page=100`;
      for (let pages = 0; page !== undefined; pages++) {
        if (pages === MOST_PAGES) throw new ApiError(`${path} has more than ${pages} pages`, 0);
        const { data, next } = await send("GET", page);
        all.push(...data);
        page = next;
      }
      return all;
    },
  };
}

/** @param {string} text */
function parsed(text) {
  return text === "" ? undefined : JSON.parse(text);
}

/** @param {string} method @param {string} target @param {number} status @param {string} text */
function failureOf(method, target, status, text) {
  let why = text.slice(0, 200);
  try {
    const { message, errors } = JSON.parse(text);
    why = errors ? `${message} ${JSON.stringify(errors)}` : String(message);
  } catch {
    // A proxy answers in HTML.
  }
  return new ApiError(`${method} ${target}: ${status} ${why}`, status);
}

/** @param {Response} response */
function nextOf(response) {
  return /<([^>]+)>;\s*rel="next"/.exec(response.headers.get("link") ?? "")?.[1];
}

/**
 * How long GitHub wants to be left alone; undefined: this is no limit. A 403 is a limit, or a missing permission.
 * @param {Response} response
 * @param {string} text
 * @param {number} now in milliseconds
 * @param {number} tries that came before
 */
function limitOf({ status, headers }, text, now, tries) {
  if (status !== 403 && status !== 429) return undefined;
  const after = headers.get("retry-after");
  if (after !== null) return Math.max(0, Number(after) * 1000) || SECONDARY_MS;
  if (headers.get("x-ratelimit-remaining") === "0") {
    return Math.max(1_000, Number(headers.get("x-ratelimit-reset")) * 1000 - now + 1_000);
  }
  if (status === 429 || /secondary rate limit|abuse detection/i.test(text)) {
    return SECONDARY_MS * 2 ** tries;
  }
  return undefined;
}
