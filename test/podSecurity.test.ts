import * as assert from "node:assert/strict";
import { violations, type Container, type Pod } from "./helpers/podSecurity";

/** Admitted; each case breaks one rule of it. */
const container: Container = {
  name: "next",
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
};
const pod: Pod = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
  containers: [container],
  volumes: [{ name: "scratch", emptyDir: {} }],
};

const podWith = (more: object): Pod => ({ ...pod, ...more });
const podContext = (more: object) =>
  podWith({ securityContext: { ...pod.securityContext, ...more } });
const containerWith = (more: object) => podWith({ containers: [{ ...container, ...more }] });
const context = (more: object) =>
  containerWith({ securityContext: { ...container.securityContext, ...more } });

const refused: [string, Pod][] = [
  ["pod: hostNetwork", podWith({ hostNetwork: true })],
  ["pod: hostPID", podWith({ hostPID: true })],
  ["pod: hostIPC", podWith({ hostIPC: true })],
  ["pod: volume files is a hostPath", podWith({ volumes: [{ name: "files", hostPath: {} }] })],
  ["pod: volume files is a nfs", podWith({ volumes: [{ name: "files", nfs: {} }] })],
  ["pod: sysctl kernel.msgmax", podContext({ sysctls: [{ name: "kernel.msgmax" }] })],
  ["pod: runAsUser 0", podContext({ runAsUser: 0 })],
  ["pod: runAsNonRoot false", podContext({ runAsNonRoot: false })],
  ["pod: seccomp Unconfined", podContext({ seccompProfile: { type: "Unconfined" } })],
  ["pod: AppArmor Unconfined", podContext({ appArmorProfile: { type: "Unconfined" } })],
  ["pod: SELinux type spc_t", podContext({ seLinuxOptions: { type: "spc_t" } })],
  ["pod: SELinux user or role", podContext({ seLinuxOptions: { user: "root" } })],
  ["pod: hostProcess", podContext({ windowsOptions: { hostProcess: true } })],
  ["next: runAsNonRoot is not set", podContext({ runAsNonRoot: undefined })],
  ["next: seccomp is not set", podContext({ seccompProfile: undefined })],
  ["next: privileged", context({ privileged: true })],
  ["next: allowPrivilegeEscalation is not false", context({ allowPrivilegeEscalation: undefined })],
  ["next: capabilities are not dropped", context({ capabilities: { drop: ["NET_RAW"] } })],
  ["next: capability SYS_TIME", context({ capabilities: { drop: ["ALL"], add: ["SYS_TIME"] } })],
  ["next: runAsUser 0", context({ runAsUser: 0 })],
  ["next: procMount Unmasked", context({ procMount: "Unmasked" })],
  ["next: host port 80", containerWith({ ports: [{ containerPort: 80, hostPort: 80 }] })],
  [
    "next: host in a probe or hook",
    containerWith({ livenessProbe: { httpGet: { host: "10.0.0.1", port: 80 } } }),
  ],
  [
    "setup: privileged",
    podWith({
      initContainers: [
        {
          ...container,
          name: "setup",
          securityContext: { ...container.securityContext, privileged: true },
        },
      ],
    }),
  ],
];

describe("the checker for Pod Security restricted", () => {
  it("admits a pod that meets the profile", () => {
    assert.deepEqual(violations(pod), []);
    assert.deepEqual(
      violations(context({ capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] } })),
      [],
    );
  });

  for (const [violation, broken] of refused) {
    it(`refuses '${violation}'`, () => assert.deepEqual(violations(broken), [violation]));
  }
});
