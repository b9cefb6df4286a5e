// Reads container instances and the creation dates of their AMIs. EC2's SDK client is large, and only one date is needed.
// So this file signs that request itself and parses the XML answer.
import {
  type ContainerInstance,
  DescribeContainerInstancesCommand,
  ECSClient,
  type Resource,
} from '@aws-sdk/client-ecs'
import type { Readers } from '../../../commands/readers.ts'
import type { Config } from '../../../engine/rules/config.ts'
import { accountOf } from '../../../model/account.ts'
import type { ServiceRef } from '../../../model/ecs.ts'
import { RemoteError } from '../../../model/errors.ts'
import type { Host } from '../../../model/service-detail.ts'
import { createSignedPost, envOf, type SignedPost } from '../../signed-request.ts'
import type { Sessions } from '../identity/sessions.ts'
import { askAws } from '../translate.ts'
import { readXml } from '../xml.ts'
import { chunks } from './pages.ts'

/** The API version (EC2 API reference). */
const EC2_VERSION = '2016-11-15'
/**
 * The maximum number of items in one call. DescribeContainerInstances takes 100 (ECS API reference). A filter of EC2 takes
 * 200 values.
 */
const MOST = 100

/** Creates the readers. `env`: environment variables, which may override endpoints. */
export const createHostReaders = (
  config: Config,
  sessions: Sessions,
  env: NodeJS.ProcessEnv,
): Pick<Readers, 'hosts' | 'imagesMade'> => {
  const clientFor = sessions.each(settings => new ECSClient(settings))
  return {
    hosts: (ref, arns) =>
      askAws(`reading the hosts of ${ref.service}`, async () => {
        if (arns.length === 0) return []
        const client = await clientFor(accountOf(config, ref), ref.region)
        const read = await Promise.all(
          chunks(arns, MOST).map(containerInstances =>
            client.send(new DescribeContainerInstancesCommand({ cluster: ref.cluster, containerInstances })),
          ),
        )
        return read.flatMap(({ containerInstances = [] }) => containerInstances.map(readHost))
      }),
    imagesMade: async (ref, ids) => {
      if (ids.length === 0) return new Map()
      const post = createSignedPost('ec2', envOf(env, ref.region, await sessions.credentials(accountOf(config, ref))))
      const read = await Promise.all(
        chunks(ids, MOST).map(part => {
          sessions.count('DescribeImages')
          return readMade(post, ref, part)
        }),
      )
      return new Map(read.flatMap(made => [...made]))
    },
  }
}

const readMade = async (
  post: SignedPost,
  { service }: ServiceRef,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const reply = await post('/', imagesForm(ids).toString(), { 'content-type': 'application/x-www-form-urlencoded' })
  if (reply.status === 200) return readImages(reply.text)
  const code = readXml(reply.text, 'Code') || 'Error'
  throw new RemoteError(
    `reading the AMIs of ${service}’s hosts: AWS refused it (${code}: ${readXml(reply.text, 'Message').slice(0, 300)})`,
    { code, passing: /RequestLimitExceeded|Unavailable|InternalError/.test(code) },
  )
}

/**
 * The parameters of DescribeImages for these AMI ids. The ids are given as a filter, because a call with a list of ids fails
 * if one of the AMIs does not exist. Deprecated AMIs are included.
 */
const imagesForm = (ids: readonly string[]): URLSearchParams =>
  new URLSearchParams({
    Action: 'DescribeImages',
    Version: EC2_VERSION,
    IncludeDeprecated: 'true',
    'Filter.1.Name': 'image-id',
    ...Object.fromEntries(ids.map((id, at) => [`Filter.1.Value.${at + 1}`, id])),
  })

export const readImages = (xml: string): ReadonlyMap<string, string> =>
  new Map(
    [...xml.matchAll(/<imageId>([^<]*)<\/imageId>[\s\S]*?<creationDate>([^<]*)<\/creationDate>/g)].map(
      ([, id = '', made = '']) => [id, made] as const,
    ),
  )

const amount = (resources: readonly Resource[] | undefined, wanted: string): number =>
  resources?.find(({ name }) => name === wanted)?.integerValue ?? 0

const readHost = (instance: ContainerInstance): Host => {
  const attribute = (wanted: string) => instance.attributes?.find(({ name }) => name === wanted)?.value
  const [ami, zone, type] = [
    attribute('ecs.ami-id'),
    attribute('ecs.availability-zone'),
    attribute('ecs.instance-type'),
  ]
  const agent = instance.versionInfo?.agentVersion
  return {
    arn: instance.containerInstanceArn ?? '',
    instance: instance.ec2InstanceId ?? '',
    status: instance.status ?? '',
    isConnected: instance.agentConnected === true,
    left: { cpu: amount(instance.remainingResources, 'CPU'), memory: amount(instance.remainingResources, 'MEMORY') },
    ...(agent !== undefined && { agent }),
    ...(ami !== undefined && { ami }),
    ...(zone !== undefined && { zone }),
    ...(type !== undefined && { type }),
  }
}
