// /ecs digest preview: shows what a digest would tell now, to the asker alone.

import { loadPreview, type Preview } from '../../features/digests/load-digests.ts'
import { fileOfPreview, renderPreview } from '../../features/digests/render-preview.ts'
import { query } from '../command.ts'

export const previewDigest = query({
  name: 'digest preview',
  summary: 'Show what a digest would tell now, of the services that you may view, to you alone',
  args: { name: { kind: 'name' } },
  options: { full: { kind: 'flag', hint: 'all lines, as a text file in a direct message' } },
  examples: ['digest preview operations', 'digest preview operations --full'],
  reads: [
    'ecs:DescribeServices',
    'ecs:DescribeTaskDefinition',
    'ecs:DescribeClusters',
    'ecs:DescribeCapacityProviders',
    'ecs:ListTasks',
    'ecs:DescribeTasks',
    'ecr:DescribeImageScanFindings',
    'logs:DescribeLogGroups',
    'application-autoscaling:DescribeScalableTargets',
    'compute-optimizer:GetECSServiceRecommendations',
    'compute-optimizer:GetEnrollmentStatus',
    'compute-optimizer:GetIdleRecommendations',
  ],
  load: ({ name }, read, asker) => loadPreview(name, read, asker),
  render: (state: Preview) => renderPreview(state),
  hasPictures: true,
  file: (state: Preview, { full }) => (full ? fileOfPreview(state) : undefined),
})
