// A pipeline that deploys a service: it registers a task definition and updates the service. CloudTrail's history has its calls.

import type { DeploymentLifecycleHook, DeploymentLifecycleHookAction } from '@aws-sdk/client-ecs'
import type { CallLog } from '../aws/wire/call-log.ts'
import type { Fleet } from '../world/fleet.ts'
import type { DeploymentRecord, Service } from '../world/state.ts'

export type PipelineRun = {
  /** The tag of the new image; by default `v` and the number of the new revision. */
  readonly tag?: string
  /** A gate that is added to the service before the deployment. */
  readonly gate?: DeploymentLifecycleHook
  /** The name of the role session: a person's corporate id, or the name of a build. */
  readonly session?: string
  /** The ARN of the principal that registers the task definition; by default the pipeline's own. */
  readonly registeredBy?: string
  /** Tags of the task definition. */
  readonly tags?: Readonly<Record<string, string>>
}

const PIPELINE_ROLE = 'deploy'

const withTag = (image: string | undefined, tag: string): string =>
  (image ?? '').replace(/@sha256:[0-9a-f]+$/, '').replace(/:[^:/]+$/, `:${tag}`)

/** Deploys a new revision of a service, in which the first container has a new image. Returns the deployment. */
export const deployByPipeline = (
  { fleet, callLog }: { readonly fleet: Fleet; readonly callLog: CallLog },
  service: Service,
  { tag, gate, session = 'build-1842', registeredBy, tags = {} }: PipelineRun = {},
): DeploymentRecord => {
  const { account, region } = service.cluster
  const spec = service.deployments[0]?.revision.spec
  if (!spec) throw new Error(`${service.name} has no deployment`)
  const { input, family } = spec.taskDefinition
  const [first, ...others] = input.containerDefinitions ?? []
  const next = (fleet.site(service.cluster).taskDefinitions.get(family)?.at(-1)?.revision ?? 0) + 1
  const image = withTag(first?.image, tag ?? `v${next}`)
  const arn = `arn:aws:sts::${account}:assumed-role/${PIPELINE_ROLE}/${session}`
  const taskDefinition = fleet.registerTaskDefinition(
    service.cluster,
    {
      ...input,
      containerDefinitions: [{ ...first, image }, ...others],
      tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
    },
    registeredBy ?? arn,
  )
  const { lifecycleHooks = [] } = service.deploymentConfiguration
  const deploymentConfiguration = {
    ...service.deploymentConfiguration,
    ...(gate && { lifecycleHooks: [...lifecycleHooks, gate] }),
  }
  service.deploymentConfiguration = deploymentConfiguration
  callLog.add({
    at: fleet.clock.now(),
    service: 'ecs',
    action: 'UpdateService',
    region,
    account,
    arn,
    input: {
      cluster: service.cluster.name,
      service: service.name,
      taskDefinition: taskDefinition.arn,
      ...(gate && { deploymentConfiguration }),
    },
    status: 200,
    requestId: `pipeline-${service.name}-${next}`,
  })
  fleet.deploy(service, { ...spec, taskDefinition })
  const record = service.deployments[0]?.record
  if (!record) throw new Error('the deployment did not start')
  return record
}

/** Answers the waiting PAUSE hooks of a deployment, as a person does in the AWS console. */
export const answerInConsole = (
  { fleet, callLog }: { readonly fleet: Fleet; readonly callLog: CallLog },
  record: DeploymentRecord,
  action: DeploymentLifecycleHookAction,
  person = 'someone@example.com',
): void => {
  const { account, region } = record.service.cluster
  for (const run of record.hooks) {
    if (run.status !== 'AWAITING_ACTION') continue
    callLog.add({
      at: fleet.clock.now(),
      service: 'ecs',
      action: 'ContinueServiceDeployment',
      region,
      account,
      arn: `arn:aws:sts::${account}:assumed-role/console/${person}`,
      input: { serviceDeploymentArn: record.arn, hookId: run.id, action },
      status: 200,
      requestId: `console-${run.id}`,
    })
    fleet.answerHook(record, run, action)
  }
}

/** The gate for a service: before the production traffic shift; for a rolling deployment, after the new tasks run. */
export const gateFor = ({ deploymentConfiguration: { strategy = 'ROLLING' } }: Service): DeploymentLifecycleHook => ({
  targetType: 'PAUSE',
  lifecycleStages: [strategy === 'ROLLING' ? 'POST_SCALE_UP' : 'PRE_PRODUCTION_TRAFFIC_SHIFT'],
  timeoutConfiguration: { timeoutInMinutes: 60, action: 'ROLLBACK' },
})
