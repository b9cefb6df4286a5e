// The durable SDK waits 20 ms of real time before it ends an invocation (CHECKPOINT_TERMINATION_COOLDOWN_MS), for each wait
// of a story. In one process, 2 ms are as good.
const COOLDOWN_MS = 20
const wait = globalThis.setTimeout

globalThis.setTimeout = Object.assign(
  (callback: (...values: unknown[]) => void, ms?: number, ...values: unknown[]) =>
    wait(callback, ms === COOLDOWN_MS ? 2 : ms, ...values),
  wait,
)
