/** Something a person can act on: the message is one line that names what is wrong and what to type. */
export class ClusterFailure extends Error {
  override readonly name = "ClusterFailure";
}
