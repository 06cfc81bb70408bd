import { z } from "zod";
import { bytesOf, QUANTITY } from "../../model/quantities";
import { text } from "./values";

/* Amounts as Kubernetes writes them. */

const CPU = /^(?=.*[1-9])([0-9]+m|[0-9]+(\.[0-9]+)?)$/;

const LEAST_MEMORY = 64 * 2 ** 20;
const MOST_MEMORY = 512 * 2 ** 30;
const MOST_CORES = 64;

export const quantity = () =>
  z.string().regex(QUANTITY, "expected a Kubernetes quantity such as 5Gi");

/** A quantity, or 0 for nothing at all. */
export const quantityOrNone = () =>
  text(
    z
      .string()
      .regex(
        new RegExp(`^0$|${QUANTITY.source}`),
        "expected a Kubernetes quantity such as 1Gi, or 0",
      ),
  );

/** Memory of a pod, in a range in which Node.js runs and nodes exist. */
export const memoryQuantity = () => text(checked(memoryFlaw));

/** CPU of a pod. */
export const cpuQuantity = () => text(checked(cpuFlaw));

function checked(flawOf: (text: string) => string | undefined): z.ZodString {
  return z.string().check((context) => {
    const message = flawOf(context.value);
    if (message !== undefined) {
      context.issues.push({ code: "custom", message, input: context.value });
    }
  });
}

function memoryFlaw(amount: string): string | undefined {
  const [, number = "", suffix] = QUANTITY.exec(amount) ?? [];
  if (number === "") return "expected a Kubernetes quantity such as 768Mi";
  const bytes = bytesOf(amount);
  if (bytes > MOST_MEMORY) return "expected 512Gi or less";
  if (bytes >= LEAST_MEMORY) return undefined;
  // Without a suffix it is bytes, and nobody means a small number of bytes.
  return suffix === undefined
    ? `${amount} is bytes; did you mean ${amount}${Number(number) < 64 ? "Gi" : "Mi"}?`
    : "expected 64Mi or more";
}

function cpuFlaw(amount: string): string | undefined {
  if (!CPU.test(amount)) return "expected a CPU quantity such as 500m";
  const milli = amount.endsWith("m");
  if (Number.parseFloat(amount) / (milli ? 1000 : 1) <= MOST_CORES) return undefined;
  return milli
    ? `expected ${MOST_CORES} cores or less`
    : `${amount} is cores; did you mean ${amount}m?`;
}
