// What is the same in every cluster made here.

/** The cluster made when no --name is given. */
export const defaultName = "antdb";

/** Worker hosts made when no --workers is given: enough for a pair that must not share a host, and one to lose. */
export const defaultWorkers = 3;

/** Worker hosts are w1..w9: one digit, one /24 each. */
export const maxWorkers = 9;

/** Seconds without a heartbeat until a node is NotReady. Kubernetes' own default is 50; tests should not wait that long. */
export const nodeGraceSeconds = 20;

/** Seconds a pod stays on a NotReady node before it is evicted: Kubernetes' default. */
export const evictionTolerationSeconds = 300;

/** GiB of memory a native host offers to pods, and caps them at. */
export const nodeMemoryGiB = 6;
