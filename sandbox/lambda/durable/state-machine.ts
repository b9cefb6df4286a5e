// Refuses invalid updates of operations, with the error texts of Lambda. Source: the checkpoint server of AWS's local runner,
// @aws/durable-execution-sdk-js-testing 1.1.4.
import { AwsError } from '../../aws/wire/service.ts'
import type { Action, Operation, OperationType, Update } from './execution.ts'

export const invalid = (message: string): AwsError =>
  new AwsError('InvalidParameterValueException', message, { status: 400 })

type Known = ReadonlyMap<string, Operation>

const ACTIONS: Readonly<Record<OperationType, readonly Action[]>> = {
  STEP: ['START', 'FAIL', 'RETRY', 'SUCCEED'],
  CONTEXT: ['START', 'FAIL', 'SUCCEED'],
  WAIT: ['START', 'CANCEL'],
  CALLBACK: ['START', 'CANCEL'],
  CHAINED_INVOKE: ['START', 'CANCEL'],
  EXECUTION: ['SUCCEED', 'FAIL'],
}

const MOST_ERROR_BYTES = 32_768

/** Checks the updates of a request. Throws if Lambda would refuse the request. Lambda accepts all updates or none. */
export const demandTransitions = (updates: readonly Update[], known: Known): void => {
  demandOneEnd(updates)
  demandParents(updates, known)
  for (const update of updates) {
    demandErrorSize(update)
    demandAction(update)
    demandStatus(update, known.get(update.Id))
  }
}

const demandOneEnd = (updates: readonly Update[]): void => {
  const ends = updates.filter(({ Type }) => Type === 'EXECUTION')
  if (ends.length > 1) throw invalid('Cannot checkpoint multiple EXECUTION updates.')
  if (ends.length === 1 && updates.at(-1)?.Type !== 'EXECUTION')
    throw invalid('EXECUTION checkpoint must be the last update.')
}

const demandParents = (updates: readonly Update[], known: Known): void => {
  const started = new Map<string, Update>()
  const last = new Map<string, Update>()
  for (const update of updates) {
    if (!update.Id) throw invalid('Operation update must have an Id.')
    const before = last.get(update.Id)
    if (before !== undefined && !mayFollow(before, update))
      throw invalid('Cannot update the same operation twice in a single request.')
    const parent = update.ParentId
    if (parent && (started.get(parent) ?? known.get(parent))?.Type !== 'CONTEXT')
      throw invalid('Invalid parent operation id.')
    if (update.Action === 'START') started.set(update.Id, update)
    last.set(update.Id, update)
  }
}

/** Whether one update may follow another update of the same operation: only the end of a step or context after its start. */
const mayFollow = (before: Update, update: Update): boolean =>
  (before.Type === 'STEP' || before.Type === 'CONTEXT') && before.Action === 'START' && update.Action !== 'START'

/** Checks the size of an error. AWS counts the bytes of the whole update, not only the bytes of the error. */
const demandErrorSize = (update: Update): void => {
  if (update.Error != null && Buffer.byteLength(JSON.stringify(update)) > MOST_ERROR_BYTES)
    throw invalid(`Error object size must be less than ${MOST_ERROR_BYTES} bytes.`)
}

const demandAction = ({ Type, Action }: Update): void => {
  if (!Object.hasOwn(ACTIONS, Type)) throw invalid('Unknown operation type.')
  if (!ACTIONS[Type].includes(Action)) throw invalid('Invalid action for the given operation type.')
}

const demandStatus = (update: Update, operation: Operation | undefined): void => {
  // AWS's local runner does not check this. The type of an operation cannot change.
  if (operation !== undefined && operation.Type !== update.Type) throw invalid('Invalid operation type.')
  if (update.Type === 'STEP') demandStep(update, operation?.Status)
  else if (update.Type === 'EXECUTION') demandOneOutcome(update)
  else demandOther(update, operation)
}

const demandOther = (update: Update, operation: Operation | undefined): void => {
  if (update.Action === 'START' && operation !== undefined)
    throw invalid(`Cannot start a ${update.Type} that already exists.`)
  if (update.Action === 'CANCEL' && operation?.Status !== 'STARTED')
    throw invalid(`Cannot cancel a ${update.Type} that does not exist or has already completed.`)
  if (update.Type !== 'CONTEXT' || update.Action === 'START') return
  if (operation !== undefined && operation.Status !== 'STARTED')
    throw invalid('Invalid current CONTEXT state to close.')
  demandOneOutcome(update)
}

const demandStep = (update: Update, status: Operation['Status'] | undefined): void => {
  const isOpen = status === undefined || status === 'STARTED' || status === 'READY'
  const isClosing = update.Action === 'SUCCEED' || update.Action === 'FAIL'
  if (update.Action === 'START' && status !== undefined && status !== 'READY')
    throw invalid('Invalid current STEP state to start.')
  if (isClosing && !isOpen) throw invalid('Invalid current STEP state to close.')
  if (isClosing) demandOneOutcome(update)
  if (update.Action !== 'RETRY') return
  if (!isOpen) throw invalid('Invalid current STEP state to re-attempt.')
  if (update.StepOptions == null) throw invalid('Invalid StepOptions for the given action.')
  if (update.Error != null && update.Payload != null)
    throw invalid('Cannot provide both error and payload to RETRY a STEP.')
}

const demandOneOutcome = ({ Action, Payload, Error: error }: Update): void => {
  if (Action === 'FAIL' && Payload != null) throw invalid('Cannot provide a Payload for FAIL action.')
  if (Action === 'SUCCEED' && error != null) throw invalid('Cannot provide an Error for SUCCEED action.')
}
