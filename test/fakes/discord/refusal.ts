/** A person tried what Discord's client does not let anybody do; nothing was sent. */
export class ClientRefusal extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ClientRefusal";
  }
}
