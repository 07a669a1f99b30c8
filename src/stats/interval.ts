/** A confidence interval; `level` 0.95 is 95 %. */
export interface Interval {
  level: number;
  lower: number;
  upper: number;
}
