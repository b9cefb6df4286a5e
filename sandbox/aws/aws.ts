// AWS, as far as this product sees it: one endpoint with every simulated service behind it.

import { Exec } from '../ssm/exec.ts'
import { createTaskRoles } from '../ssm/task-role.ts'
import { createUpgrade } from '../ssm/upgrade.ts'
import { type Autoscaling, createAutoscaling } from '../world/autoscaling/autoscaling.ts'
import type { Clock } from '../world/clock.ts'
import type { Fleet } from '../world/fleet.ts'
import { createLogs } from '../world/logs.ts'
import { createApplicationAutoscaling } from './autoscaling/autoscaling.ts'
import { createBuckets } from './buckets.ts'
import { createCallLog } from './call-log.ts'
import { createCloudformation } from './cloudformation.ts'
import { createCloudtrail } from './cloudtrail.ts'
import { createCloudwatch } from './cloudwatch.ts'
import { createCredentials } from './credentials.ts'
import { createDynamodb } from './dynamodb.ts'
import { createEc2 } from './ec2.ts'
import { createEcr, createScans } from './ecr.ts'
import { createImageKnobs } from './ecr-images.ts'
import { createEcs } from './ecs/ecs.ts'
import { createFaults } from './faults.ts'
import { createAuthorize } from './iam/authorize.ts'
import { createIam } from './iam-service.ts'
import { createIdentify } from './identify.ts'
import { createKmsService } from './kms.ts'
import { createKms } from './kms-keys.ts'
import { createLattice } from './lattice.ts'
import { createLoadBalancing } from './load-balancing.ts'
import { createLiveTails } from './logs/live-tail.ts'
import { createLogsService } from './logs/logs.ts'
import { createNetworks } from './networks.ts'
import { createParameters } from './parameters.ts'
import { createRoles } from './roles.ts'
import { createS3 } from './s3.ts'
import { createScheduler } from './scheduler.ts'
import { createAwsServer } from './server.ts'
import type { Authorize, AwsService } from './service.ts'
import { createServiceQuotas } from './service-quotas.ts'
import { presign } from './sigv4.ts'
import { createSsm } from './ssm.ts'
import { createSts } from './sts.ts'
import { createTagging } from './tagging.ts'
import { createThrottle } from './throttle.ts'

export type AwsOptions = {
  readonly clock: Clock
  readonly fleet: Fleet
  /** What scales the fleet; a new one without it. */
  readonly autoscaling?: Autoscaling
  /** On 127.0.0.1; any free one without it. */
  readonly port?: number
  readonly authorize?: Authorize
  /** Evaluates the policies of `roles` for every call; without it, whoever signs may do everything. */
  readonly iam?: boolean
  /** Ends a Lambda container, for the 'kill' fault. */
  readonly kill?: (container: string) => void
  /** Hands an event to a Lambda function, for what Scheduler starts; false when there is no such function. */
  readonly invoke?: (functionArn: string, event: unknown) => boolean
  readonly extraServices?: readonly AwsService[]
}

export type Aws = ReturnType<typeof createAws>

type World = Required<Pick<AwsOptions, 'clock' | 'fleet' | 'autoscaling' | 'invoke'>>

/** What AWS knows and does, without its front door. */
const createParts = ({ clock, fleet, invoke }: World, origin: () => string) => {
  const callLog = createCallLog()
  const roles = createRoles()
  const parameters = createParameters()
  const logs = createLogs(fleet)
  const logKnobs = { emptyPages: 0, othersSessions: 0, infrequent: new Set<string>() }
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
    faults: createFaults(),
    throttle: createThrottle(clock),
    roles,
    parameters,
    scheduler: createScheduler({ clock, roles, callLog, invoke }),
    logs,
    logKnobs,
    liveTails: createLiveTails(logs, clock, logKnobs),
    scans: createScans(),
    images: createImageKnobs(),
    networks: createNetworks(),
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
    kms,
    buckets,
    exec,
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
    createServiceQuotas(fleet.quotas),
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
  const { roles, exec, faults } = parts
  const dynamodb = createDynamodb()
  const access = {
    ...parts,
    clock,
    ...(iam && { authorize: createAuthorize({ fleet, roles, autoscaling }) }),
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
