// The events function: receives ECS events of all accounts and regions from EventBridge.
import { receiveEvent } from '../src/functions/events/receive-event.ts'
import { createDispatch, createLookAtGate, createTellProblems } from '../src/gateways/functions/dispatch.ts'
import { openStore } from '../src/gateways/store.ts'

const ports = {
  store: openStore(process.env),
  now: () => new Date().toISOString(),
  startOperation: createDispatch(process.env).operation,
  lookAtGate: createLookAtGate(process.env),
  tellProblems: createTellProblems(process.env),
}

export const handler = (event: unknown): Promise<void> => receiveEvent(event, ports)
