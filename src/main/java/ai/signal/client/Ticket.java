package ai.signal.client;

/**
 * The place of an operation in its run's order.
 *
 * @param sequence from 1
 */
record Ticket(String operation, long sequence) {}
