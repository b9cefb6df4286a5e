// Composes the simulated AWS: one HTTP endpoint for all services.

import { Exec } from '../ssm/exec.ts'
import { createTaskRoles } from '../ssm/task-role.ts'
import { createUpgrade } from '../ssm/upgrade.ts'
import { createAdvice } from '../world/advice.ts'
import { type Autoscaling, createAutoscaling } from '../world/autoscaling/autoscaling.ts'
import type { Clock } from '../world/clock.ts'
import type { Fleet } from '../world/fleet.ts'
import { createLogs } from '../world/logs.ts'
import { staging } from '../world/seed.ts'
import { createAuthorize, type IamHooks } from './iam/authorize.ts'
import { createApplicationAutoscaling } from './services/autoscaling/autoscaling.ts'
import { createCloudformation } from './services/cloudformation.ts'
import { createCloudtrail } from './services/cloudtrail.ts'
import { createCloudwatch } from './services/cloudwatch/cloudwatch.ts'
import { createComputeOptimizer } from './services/compute-optimizer.ts'
import { createDynamodb } from './services/dynamodb/dynamodb.ts'
import { createEc2 } from './services/ec2/ec2.ts'
import { createNetworks } from './services/ec2/networks.ts'
import { createEcr, createScans } from './services/ecr/ecr.ts'
import { createImageKnobs } from './services/ecr/ecr-images.ts'
import { createEcs } from './services/ecs/ecs.ts'
import { createIam } from './services/iam/iam-service.ts'
import { createRoles } from './services/iam/roles.ts'
import { createKmsService } from './services/kms/kms.ts'
import { createKms } from './services/kms/kms-keys.ts'
import { createLattice } from './services/lattice.ts'
import { createLoadBalancing } from './services/load-balancing.ts'
import type { Vended } from './services/logs/deliveries.ts'
import { createLiveTails } from './services/logs/live-tail.ts'
import { createLogsService } from './services/logs/logs.ts'
import { createBuckets } from './services/s3/buckets.ts'
import { createS3 } from './services/s3/s3.ts'
import { createScheduler } from './services/scheduler/scheduler.ts'
import { createSecretsManager } from './services/secrets-manager.ts'
import { createServiceQuotas } from './services/service-quotas.ts'
import { createParameters } from './services/ssm/parameters.ts'
import { createSsm } from './services/ssm/ssm.ts'
import { createSts } from './services/sts/sts.ts'
import { createTagging } from './services/tagging.ts'
import { createCallLog } from './wire/call-log.ts'
import { createCredentials } from './wire/credentials.ts'
import { createFaults } from './wire/faults.ts'
import { createIdentify } from './wire/identify.ts'
import { createAwsServer } from './wire/server.ts'
import type { Authorize, AwsService } from './wire/service.ts'
import { presign } from './wire/sigv4.ts'
import { createThrottle } from './wire/throttle.ts'

export type AwsOptions = {
  readonly clock: Clock
  readonly fleet: Fleet
  /** The simulated Application Auto Scaling, which scales the services. Created by default. */
  readonly autoscaling?: Autoscaling
  /** The port on 127.0.0.1; any free port by default. */
  readonly port?: number
  readonly authorize?: Authorize
  /** Whether the policies of `roles` are evaluated for every call. By default every signed call is allowed. */
  readonly iam?: boolean
  /** Kills a Lambda container, for the fault 'kill'. */
  readonly kill?: (container: string) => void
  /** Invokes a Lambda function asynchronously, for Scheduler; false if there is no such function. */
  readonly invoke?: (functionArn: string, event: unknown) => boolean
  readonly extraServices?: readonly AwsService[]
}

export type Aws = ReturnType<typeof createAws>

type World = Required<Pick<AwsOptions, 'clock' | 'fleet' | 'autoscaling' | 'invoke'>>

/** Creates the services and their state, without the HTTP server. */
const createParts = ({ clock, fleet, autoscaling, invoke }: World, origin: () => string) => {
  const callLog = createCallLog()
  const roles = createRoles()
  const parameters = createParameters()
  const logs = createLogs(fleet)
  const logKnobs = { emptyPages: 0, othersSessions: 0, infrequent: new Set<string>(), vended: [] as Vended[] }
  const kms = createKms()
  const buckets = createBuckets(() => clock.now())
  const credentials = createCredentials()
  const exec = new Exec({
    clock,
    fleet,
    logs,
    taskRole: createTaskRoles({ roles, parameters, kms, buckets }),
    origin,
    presign: (url, caller, region) => {
      const credential = credentials.find(caller.accessKeyId)
      return credential
        ? presign(url, { ...credential, region, service: 'ssmmessages', at: clock.now(), lifetime: 60 })
        : url
    },
  })
  return {
    credentials,
    callLog,
    advice: createAdvice(autoscaling, [staging.account]),
    faults: createFaults(),
    throttle: createThrottle(clock),
    iamHooks: {} as IamHooks,
    roles,
    parameters,
    scheduler: createScheduler({ clock, roles, callLog, invoke }),
    logs,
    logKnobs,
    liveTails: createLiveTails(logs, clock, logKnobs),
    scans: createScans(),
    images: createImageKnobs(),
    networks: createNetworks(),
    secrets: { deleted: new Set<string>() },
    kms,
    buckets,
    exec,
  }
}

const servicesOf = ({ clock, fleet, autoscaling }: World, parts: ReturnType<typeof createParts>) => {
  const {
    credentials,
    callLog,
    roles,
    parameters,
    scheduler,
    logs,
    logKnobs,
    liveTails,
    scans,
    images,
    networks,
    secrets,
    kms,
    buckets,
    exec,
    advice,
  } = parts
  return [
    createEcs(fleet, exec),
    createEcr(fleet, scans, images),
    createEc2(fleet, networks),
    createSts({ clock, credentials, roles }),
    createIam(roles),
    createSsm({ clock, parameters, exec }),
    createKmsService(kms),
    createS3(buckets),
    createApplicationAutoscaling(autoscaling),
    createCloudwatch(autoscaling, fleet.usage),
    createCloudformation(fleet.stacks),
    createSecretsManager(fleet, secrets),
    createServiceQuotas(fleet.quotas),
    createComputeOptimizer({ fleet, advice }),
    createCloudtrail(callLog, clock),
    createLoadBalancing(fleet),
    createLattice(fleet),
    createLogsService(logs, clock, logKnobs, liveTails),
    createTagging(fleet),
    scheduler.service,
  ]
}

export const createAws = ({
  clock,
  fleet,
  autoscaling = createAutoscaling(fleet),
  extraServices = [],
  iam = false,
  invoke = () => false,
  ...options
}: AwsOptions) => {
  const world = { clock, fleet, autoscaling, invoke }
  const parts = createParts(world, () => server.url.replace('http:', 'ws:'))
  const { roles, exec, faults, iamHooks } = parts
  const dynamodb = createDynamodb()
  const access = {
    ...parts,
    clock,
    ...(iam && { authorize: createAuthorize({ fleet, roles, autoscaling }, iamHooks) }),
    ...options,
  }
  const channels = createUpgrade({ ...access, identify: createIdentify(access) })
  const server = createAwsServer({
    ...access,
    upgrade: channels.upgrade,
    services: [...servicesOf(world, parts), dynamodb.service, ...extraServices],
  })
  return {
    get url(): string {
      return server.url
    },
    ...parts,
    items: dynamodb.items,
    server,
    autoscaling,
    listen: server.listen,
    close: async (): Promise<void> => {
      faults.clear()
      exec.stop()
      channels.close()
      await server.close()
      await dynamodb.close()
    },
  }
}
