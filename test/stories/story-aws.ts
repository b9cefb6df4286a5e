// AWS in this process: the sandbox's services, called by the SDK's clients without a request on the wire. Throttles, faults
// and the call log are those of the sandbox; nobody signs, and IAM is not asked.
import { randomUUID } from 'node:crypto'
import { createApplicationAutoscaling } from '../../sandbox/aws/services/autoscaling/autoscaling.ts'
import { createCloudformation } from '../../sandbox/aws/services/cloudformation.ts'
import { createCloudtrail } from '../../sandbox/aws/services/cloudtrail.ts'
import { createCloudwatch } from '../../sandbox/aws/services/cloudwatch/cloudwatch.ts'
import { createComputeOptimizer } from '../../sandbox/aws/services/compute-optimizer.ts'
import { createEcr, createScans } from '../../sandbox/aws/services/ecr/ecr.ts'
import { createImageKnobs } from '../../sandbox/aws/services/ecr/ecr-images.ts'
import { createEcs } from '../../sandbox/aws/services/ecs/ecs.ts'
import { createLattice } from '../../sandbox/aws/services/lattice.ts'
import type { Vended } from '../../sandbox/aws/services/logs/deliveries.ts'
import { createLiveTails } from '../../sandbox/aws/services/logs/live-tail.ts'
import { createLogsService } from '../../sandbox/aws/services/logs/logs.ts'
import { createParameters } from '../../sandbox/aws/services/ssm/parameters.ts'
import { createTagging } from '../../sandbox/aws/services/tagging.ts'
import { createCallLog } from '../../sandbox/aws/wire/call-log.ts'
import { createFaults, type Fault } from '../../sandbox/aws/wire/faults.ts'
import { LOGGED_ANSWERS } from '../../sandbox/aws/wire/pipeline.ts'
import { AwsError, type AwsService, type Call } from '../../sandbox/aws/wire/service.ts'
import { createThrottle } from '../../sandbox/aws/wire/throttle.ts'
import type { Exec } from '../../sandbox/ssm/exec.ts'
import { createAdvice } from '../../sandbox/world/advice.ts'
import type { Autoscaling } from '../../sandbox/world/autoscaling/autoscaling.ts'
import type { Clock } from '../../sandbox/world/clock.ts'
import type { Fleet } from '../../sandbox/world/fleet.ts'
import { createLogs } from '../../sandbox/world/logs.ts'
import { staging } from '../../sandbox/world/seed.ts'

type World = { readonly clock: Clock; readonly fleet: Fleet; readonly autoscaling: Autoscaling }

/** Who asks: a function, with its own role or with one that it assumed. */
export type Asker = {
  /** `quarterdeck-query` */
  readonly function: string
  readonly account: string
  readonly arn: string
  readonly sourceIdentity?: string
}

type Answer = { readonly requestId: string; readonly output: Readonly<Record<string, unknown>> }

type Asked = Pick<Call, 'service' | 'action' | 'region' | 'input'>

export type StoryAws = ReturnType<typeof createStoryAws>

export const createStoryAws = ({ clock, fleet, autoscaling }: World) => {
  const callLog = createCallLog()
  const faults = createFaults()
  const throttle = createThrottle(clock)
  const logs = createLogs(fleet)
  const logKnobs = { emptyPages: 0, othersSessions: 0, infrequent: new Set<string>(), vended: [] as Vended[] }
  const scans = createScans()
  const images = createImageKnobs()
  const advice = createAdvice(autoscaling, [staging.account])
  const services = new Map<string, AwsService>(
    [
      createEcs(fleet, noExec),
      createEcr(fleet, scans, images),
      createApplicationAutoscaling(autoscaling),
      createCloudwatch(autoscaling, fleet.usage),
      createCloudformation(fleet.stacks),
      createCloudtrail(callLog, clock),
      createLattice(fleet),
      createLogsService(logs, clock, logKnobs, createLiveTails(logs, clock, logKnobs)),
      createTagging(fleet),
      createComputeOptimizer({ fleet, advice }),
    ].map(service => [service.name, service]),
  )

  /** What happens to a call on its way: throttled, touched by a fault, written down. `run`: what is asked of the service. */
  const pass = async <T>(asker: Asker, asked: Asked, run: (call: Call) => T | Promise<T>): Promise<T> => {
    const call = callOf(asker, asked)
    const at = clock.now()
    let fault: string | undefined
    const strike = async (when: Fault['when']): Promise<void> => {
      const found = faults.take(call, when)
      if (found === undefined) return
      fault = `${when} ${found.effect.kind}`
      await suffer(found)
    }
    const suffer = async ({ id, effect }: Fault): Promise<void> => {
      if (effect.kind === 'delay') return new Promise(go => clock.after(effect.ms, go))
      if (effect.kind === 'hold') return faults.hold(id)
      if (effect.kind === 'throttle') throw throttled(call)
      if (effect.kind === 'error') throw new AwsError(effect.code, effect.message, { status: effect.status ?? 400 })
      throw new Error(`a story loses no answers and kills no containers: ${effect.kind} is for the wire`)
    }
    const write = (error?: unknown, output?: unknown): void => {
      const { service, action, region, input, requestId } = call
      callLog.add({
        ...{ at, service, action, region, input, requestId, account: asker.account, arn: asker.arn },
        ...(asker.sourceIdentity !== undefined && { sourceIdentity: asker.sourceIdentity }),
        container: containerOf(asker),
        status: error === undefined ? 200 : error instanceof AwsError ? error.status : 500,
        ...(error instanceof Error && { errorCode: error.name, errorMessage: error.message }),
        ...(fault !== undefined && { fault }),
        ...(LOGGED_ANSWERS.has(action) && output !== undefined && { output }),
      })
    }
    try {
      if (!throttle.take({ ...call, account: asker.account })) throw throttled(call)
      await strike('before')
      const output = await run(call)
      await strike('after')
      write(undefined, (output as Partial<Answer> | undefined)?.output)
      return output
    } catch (error) {
      write(error)
      throw asThrown(error)
    }
  }

  /** One operation of a service. Input and output are copies: nobody holds on to what the world holds. */
  const operate = async (asker: Asker, asked: Asked): Promise<Answer> =>
    pass(asker, asked, async call => {
      const service = services.get(call.service)
      if (service === undefined) throw new Error(`a story has no ${call.service}`)
      if (!('protocol' in service)) {
        const reply = await service.answer(undefined as never, call)
        return { requestId: call.requestId, output: JSON.parse(String(reply.body)) as Answer['output'] }
      }
      const input = structuredClone(call.input)
      service.protocol.demand(call.action, input)
      const operation = service.operations[call.action]
      if (operation === undefined) throw new AwsError('UnknownOperationException', '')
      const answered = structuredClone(await operation(input as never, { ...call, input })) as Answer['output']
      const output = (aws.damage === undefined ? answered : aws.damage(call.action, answered)) as Answer['output']
      return { requestId: call.requestId, output }
    })

  const aws = {
    ...{ callLog, faults, throttle, logs, logKnobs, scans, images, advice, parameters: createParameters() },
    /** Replaces what AWS answers. */
    damage: undefined as ((action: string, output: unknown) => unknown) | undefined,
    pass,
    operate,
  }
  return aws
}

/** A story runs no commands in containers. */
const noExec = {} as Exec

const containerOf = (asker: Asker): string => `${asker.function}-1`

const callOf = (asker: Asker, asked: Asked): Call => ({
  ...asked,
  url: '',
  caller: {
    ...{ accessKeyId: '', userId: '', account: asker.account, arn: asker.arn, container: containerOf(asker) },
    ...(asker.sourceIdentity !== undefined && { sourceIdentity: asker.sourceIdentity }),
  },
  requestId: randomUUID(),
})

const throttled = ({ service }: Call): AwsError =>
  service === 'lambda'
    ? new AwsError('TooManyRequestsException', 'Rate exceeded', { status: 429 })
    : new AwsError('ThrottlingException', 'Rate exceeded')

/** As the SDK's clients throw it. */
const asThrown = (error: unknown): unknown =>
  error instanceof AwsError
    ? Object.assign(new Error(error.message, { cause: error }), {
        ...error.fields,
        name: error.code,
        $metadata: { httpStatusCode: error.status },
      })
    : error
