// A control that pushes images of orders-api to Amazon ECR, as a build does. The images are not deployed.
import { HUB, type Sandbox } from '../sandbox.ts'
import type { Turn } from './knob.ts'

const REPOSITORY = `${HUB.account}.dkr.ecr.${HUB.region}.amazonaws.com/orders-api`

/** The number in the first tag to push: the first one that the seed does not deploy. */
const FIRST = 8

export const imageKnobs = ({ aws, clock }: Sandbox): Record<string, Turn> => {
  const next = (): string => `v${FIRST + new Set(aws.images.pushes().map(([image]) => image)).size}`
  return {
    'push-image': {
      knob: () => ({
        id: 'push-image',
        group: 'orders-api',
        label: `Push Image ${next()}`,
        kind: 'button',
        hint: `Then: /ecs deploy orders-api ${next()} --container app`,
      }),
      turn: () => void aws.images.push(`${REPOSITORY}:${next()}`, clock.now()),
    },
  }
}
