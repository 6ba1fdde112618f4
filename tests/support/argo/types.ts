/** The parts of the manifests that the players read; the CRDs say the whole. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Labels };
  readonly [field: string]: unknown;
}

export type Labels = Readonly<Record<string, string>>;

export interface ConfigMap extends Manifest {
  readonly data: Readonly<Record<string, string>>;
}

export interface Argument {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly secretKeyRef?: { readonly name: string; readonly key: string };
    readonly fieldRef?: { readonly fieldPath: string };
  };
}

export interface WebProvider {
  readonly method?: string;
  readonly url: string;
  readonly timeoutSeconds?: number;
  readonly headers?: readonly { readonly key: string; readonly value: string }[];
  readonly body?: string;
  readonly jsonBody?: Readonly<Record<string, unknown>>;
  readonly jsonPath?: string;
}

export interface Volume {
  readonly name: string;
  readonly secret?: { readonly secretName: string; readonly items: readonly VolumeItem[] };
  readonly configMap?: { readonly name: string; readonly items: readonly VolumeItem[] };
}

export interface VolumeItem {
  readonly key: string;
  readonly path: string;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[];
  readonly resources?: { readonly requests?: Labels; readonly limits?: Labels };
  readonly securityContext?: Readonly<Record<string, unknown>>;
}

export interface PodTemplate {
  readonly metadata: { readonly labels: Labels };
  readonly spec: {
    readonly containers: readonly Container[];
    readonly volumes?: readonly Volume[];
    readonly [field: string]: unknown;
  };
}

export interface JobProvider {
  readonly metadata?: { readonly labels?: Labels };
  readonly spec: {
    readonly backoffLimit?: number;
    readonly activeDeadlineSeconds?: number;
    readonly template: PodTemplate;
  };
}

export interface Metric {
  readonly name: string;
  readonly count?: number;
  readonly interval?: string;
  readonly successCondition?: string;
  readonly failureCondition?: string;
  readonly failureLimit?: number;
  readonly inconclusiveLimit?: number;
  readonly consecutiveErrorLimit?: number;
  readonly provider: { readonly web?: WebProvider; readonly job?: JobProvider };
}

export interface AnalysisTemplate extends Manifest {
  readonly spec: { readonly args: readonly Argument[]; readonly metrics: readonly Metric[] };
}

export interface AnalysisStep {
  readonly templates: readonly { readonly templateName: string }[];
  readonly args?: readonly Argument[];
}

/** A canary step has one of these. */
export interface CanaryStep {
  readonly setWeight?: number;
  readonly pause?: { readonly duration?: string };
  readonly analysis?: AnalysisStep;
}

export interface Rollout extends Manifest {
  readonly spec: {
    readonly template: PodTemplate;
    readonly selector: { readonly matchLabels: Labels };
    readonly strategy: { readonly canary: { readonly steps: readonly CanaryStep[] } };
  };
}

/** The namespace's Secrets and ConfigMaps: by name, then by key. */
export interface Objects {
  readonly secrets: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly configMaps: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export type Phase = "Successful" | "Failed" | "Error" | "Inconclusive";

/** What Argo keeps of one measurement. */
export interface Measurement {
  readonly phase: Phase;
  readonly value?: string;
  readonly message?: string;
}
