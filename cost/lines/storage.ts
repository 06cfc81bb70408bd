import type { Pricer } from "../context";

export const priceFiles: Pricer = (systems, { add, notPriced, usage }) => {
  const { filesGb, filesReadGb, filesWrittenGb } = usage;
  for (const { name, inputs } of systems) {
    add(`EFS ${name}`, `${filesGb} GB`, ["files.kept", filesGb]);
    const mode = inputs.throughputMode ?? "bursting";
    if (mode === "elastic") {
      add(
        `access to EFS ${name}`,
        `${filesReadGb} GB read, ${filesWrittenGb} GB written`,
        ["files.read", filesReadGb],
        ["files.written", filesWrittenGb],
      );
    } else if (mode !== "bursting")
      notPriced(
        `access to EFS ${name}`,
        `its throughput mode is ${String(mode)}, and only elastic and bursting are priced`,
      );
  }
};

export const priceBackups: Pricer = (policies, { add, usage: { filesGb } }) => {
  for (const { name, inputs } of policies) {
    const { status } = (inputs.backupPolicy ?? {}) as { status?: string };
    if (status === "ENABLED") add(`AWS Backup ${name}`, `${filesGb} GB`, ["files.backup", filesGb]);
  }
};

const EFS_DRIVER = "efs.csi.aws.com";

/** Volumes of EFS are billed as its storage; what others cost is not known. */
export const priceVolumes: Pricer = (volumes, { notPriced }) => {
  for (const { name, inputs } of volumes) {
    const { csi } = (inputs.spec ?? {}) as { csi?: { driver?: string } };
    const driver = csi?.driver ?? inputs.provisioner;
    if (driver === EFS_DRIVER) continue;
    notPriced(
      `volumes ${name}`,
      `their driver is ${String(driver ?? "not known")}, and only those of ${EFS_DRIVER} are priced`,
    );
  }
};

const DAYS = 30;

/** What is kept is counted as it comes in; AWS counts it compressed, which is less. */
export const priceLogs: Pricer = (groups, { add, usage: { logsGb } }) => {
  for (const { name, inputs } of groups) {
    const days = Number(inputs.retentionInDays ?? 0);
    // Without a retention nothing is ever deleted: a year of it is counted.
    const months = (days === 0 ? 365 : days) / DAYS;
    add(
      `logs ${name}`,
      `${logsGb} GB, kept ${days === 0 ? "for ever, counted is a year" : `${days} days`}`,
      ["logs.taken", logsGb],
      ["logs.kept", logsGb * months],
    );
  }
};

/** The first two rotations of a key add as much again, each. Source: AWS KMS pricing. */
export const priceKeys: Pricer = ({ length }, { add }) =>
  add("KMS keys", String(length), ["key.month", length]);

export const priceImages: Pricer = (repositories, { add, usage: { imagesGb } }) => {
  for (const { name } of repositories) {
    add(`ECR ${name}`, `${imagesGb} GB`, ["images.kept", imagesGb]);
  }
};
