// The references of images in Amazon ECR. Source: Amazon ECR user guide, private registry and dual-stack endpoints.

/** Matches an image in ECR: its account, region and repository. */
export const ECR_IMAGE =
  /^(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.(?:com(?:\.cn)?|eu)|on\.(?:aws|amazonwebservices\.com\.cn))\/([^:@]+)/
