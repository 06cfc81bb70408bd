/** Whether a version (`1.35`, `7.1`) is lower than another: by numbers, so that 1.9 is lower than 1.10. */
export function isLower(version: string, than: string): boolean {
  const [[major, minor], [otherMajor, otherMinor]] = [parts(version), parts(than)];
  return major === otherMajor ? minor < otherMinor : major < otherMajor;
}

/** How many minor versions lie between two versions with the same major version. */
export function minorsBetween(from: string, to: string): number {
  return parts(to)[1] - parts(from)[1];
}

function parts(version: string): [major: number, minor: number] {
  const [major = "0", minor = "0"] = version.split(".");
  return [Number(major), Number(minor)];
}
