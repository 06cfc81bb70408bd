/** When a call to Redis is given up, as a part of its timeout: a busy process runs its timers late. */
export const GIVEN_UP = 0.8;

/** A busy process runs its timers late, and before it reads its sockets: so read once more first. */
export function onceRead(then: () => void): void {
  setImmediate(() => setImmediate(then));
}

/** Whether the promise is settled within `ms`, including an answer that came while this process was busy. */
export async function isInTime(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => onceRead(() => resolve(false)), ms);
  });
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The promise's value, or `otherwise` if that takes longer than `ms`. */
export async function bounded<T>(
  promise: Promise<T>,
  ms: number,
  otherwise?: T,
): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<T | undefined>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), ms);
  });
  try {
    return await Promise.race([promise, patience]);
  } finally {
    clearTimeout(timer);
  }
}

/** Settled when this process has waited for `ms` in total; its own work does not count, up to eight times as long. */
export async function whenIdleFor(ms: number): Promise<void> {
  const startedAt = performance.now();
  const busy = performance.eventLoopUtilization();
  for (;;) {
    const { idle } = performance.eventLoopUtilization(busy);
    if (idle >= ms || performance.now() - startedAt > ms * 8) return;
    await new Promise<void>((resolve) => {
      setTimeout(resolve, Math.max(5, ms - idle)).unref();
    });
  }
}
