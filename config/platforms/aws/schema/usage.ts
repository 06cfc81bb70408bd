import { z } from "zod";
import { about } from "../../../schema/values";

/** `pulumi config set --path … 0.5` stores a text: only whole numbers become numbers. */
const decimal = z.preprocess(
  (value) =>
    typeof value === "string" && /^[0-9]+(\.[0-9]+)?$/.test(value) ? Number(value) : value,
  z.number().min(0),
);

const amount = (what: string, standard: number) =>
  about(decimal, `${what}: an assumption for the cost that previews show.`, {
    example: String(standard),
  }).default(standard);

/** What is used in a month, which no plan knows. */
export const usage = z
  .strictObject({
    trafficGb: amount("GB a month that visitors get from the load balancer", 100),
    natGb: amount(
      "GB a month that pass the NAT gateways: what pods and nodes fetch from the internet",
      20,
    ),
    logsGb: amount("GB a month that the control plane logs", 5),
    filesGb: amount("GB in the shared file system, with its backup in as many GB", 20),
    filesReadGb: amount("GB a month that pods read from the shared file system", 50),
    filesWrittenGb: amount("GB a month that pods write to it", 10),
    imagesGb: amount("GB of images in the stack's own repository", 5),
    redisGb: amount("GB in each Redis, for the price of its snapshots", 1),
  })
  .prefault({});
