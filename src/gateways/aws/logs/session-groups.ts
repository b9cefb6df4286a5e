// Reads the log groups in which clusters keep the transcripts of ECS Exec sessions.
import { DescribeClustersCommand, type ECSClient } from '@aws-sdk/client-ecs'

/** The maximum number of clusters in one call (ECS API reference, DescribeClusters). */
const MOST_CLUSTERS = 100

export const readSessionGroups = async (client: ECSClient, clusters: readonly string[]): Promise<readonly string[]> => {
  const parts = Array.from({ length: Math.ceil(clusters.length / MOST_CLUSTERS) }, (_, at) =>
    clusters.slice(at * MOST_CLUSTERS, (at + 1) * MOST_CLUSTERS),
  )
  const answers = await Promise.all(
    parts.map(part => client.send(new DescribeClustersCommand({ clusters: part, include: ['CONFIGURATIONS'] }))),
  )
  return answers.flatMap(({ clusters: described = [] }) =>
    described.flatMap(
      ({ configuration }) => configuration?.executeCommandConfiguration?.logConfiguration?.cloudWatchLogGroupName ?? [],
    ),
  )
}
