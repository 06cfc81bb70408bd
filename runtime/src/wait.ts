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
