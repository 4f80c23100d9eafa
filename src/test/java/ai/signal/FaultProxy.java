package ai.signal;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A proxy before an HTTP server that does to requests what networks and stores do: a seeded share
 * of them is refused, delayed, cut or loses its answer.
 */
public final class FaultProxy implements AutoCloseable {
  /** What happens to a request. */
  public enum Fault {
    /** Answered with 500 InternalError; the server does not see it. */
    INTERNAL_ERROR,
    /** Answered with 503 SlowDown; the server does not see it. */
    SLOW_DOWN,
    /** The connection is reset before the server sees the request. */
    RESET,
    /** The server does what was asked, and the connection is reset before its answer. */
    LOST_ANSWER,
    /** It arrives later. */
    DELAY,
    /** The body of the request, or else of the answer, ends halfway. */
    TRUNCATED
  }

  private final ServerSocket listening;
  private volatile int upstream;
  private final Random random;
  private final double share;
  private final List<Fault> faults;
  private final long delayMillis;
  private final Map<Fault, Integer> injected = new EnumMap<>(Fault.class);
  private final Set<Closeable> open = ConcurrentHashMap.newKeySet();
  private final AtomicLong sent = new AtomicLong();
  private int requests;
  private volatile long triggerAt = Long.MAX_VALUE;
  private volatile Runnable trigger = () -> {};

  /**
   * Starts.
   *
   * @param upstream port of the server on the loopback address
   * @param share of the requests that meet a fault
   * @param delayMillis the longest delay
   */
  public FaultProxy(int upstream, long seed, double share, List<Fault> faults, long delayMillis) {
    this.upstream = upstream;
    this.random = new Random(seed);
    this.share = share;
    this.faults = List.copyOf(faults);
    this.delayMillis = delayMillis;
    try {
      this.listening = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    run("proxy-accept", this::accept);
  }

  /** A proxy that lets everything pass. */
  public static FaultProxy clean(int upstream) {
    return new FaultProxy(upstream, 0, 0, List.of(), 0);
  }

  public int port() {
    return listening.getLocalPort();
  }

  /** Faults so far. */
  public synchronized Map<Fault, Integer> injected() {
    return new EnumMap<>(injected);
  }

  /** Requests so far. */
  public synchronized int requests() {
    return requests;
  }

  /** Runs something once, when so many more bytes of request bodies have gone to the server. */
  public void afterBytes(long bytes, Runnable action) {
    trigger = action;
    triggerAt = sent.get() + bytes;
  }

  /** Closes all connections; new ones go to another port. */
  public void sendTo(int port) {
    upstream = port;
    open.forEach(FaultProxy::closeQuietly);
  }

  @Override
  public void close() {
    goDown();
  }

  /** Closes all connections and takes no more. */
  public void goDown() {
    closeQuietly(listening);
    open.forEach(FaultProxy::closeQuietly);
  }

  private synchronized Fault draw() {
    requests++;
    if (random.nextDouble() >= share) {
      return null;
    }
    Fault fault = faults.get(random.nextInt(faults.size()));
    injected.merge(fault, 1, Integer::sum);
    return fault;
  }

  private synchronized long delayNanos() {
    return (long) (delayMillis * 1_000_000 * (0.2 + 0.8 * random.nextDouble()));
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        open.add(client);
        run("proxy-connection", () -> serve(client));
      } catch (IOException e) {
        // closed, or a client that went away
      }
    }
  }

  private void serve(Socket client) {
    Socket server = null;
    try {
      server = new Socket(InetAddress.getLoopbackAddress(), upstream);
      open.add(server);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      InputStream requests = new BufferedInputStream(client.getInputStream());
      InputStream answers = new BufferedInputStream(server.getInputStream());
      boolean goesOn = true;
      while (goesOn) {
        HttpHead head = HttpHead.read(requests);
        goesOn = head != null && exchange(head, client, requests, server, answers);
      }
    } catch (IOException e) {
      reset(client); // one side is gone, so the other is told
    } finally {
      closeQuietly(client);
      open.remove(client);
      if (server != null) {
        closeQuietly(server);
        open.remove(server);
      }
    }
  }

  /** One request and its answer; false where the connection ends with it. */
  private boolean exchange(
      HttpHead request, Socket client, InputStream requests, Socket server, InputStream answers)
      throws IOException {
    OutputStream toClient = client.getOutputStream();
    OutputStream toServer = server.getOutputStream();
    Fault fault = draw();
    if (request.expectsContinue()) {
      toClient.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }
    if (fault == Fault.RESET) {
      reset(client);
      return false;
    }
    if (fault == Fault.INTERNAL_ERROR || fault == Fault.SLOW_DOWN) {
      request.copyBody(requests, OutputStream.nullOutputStream(), 1);
      toClient.write(refusal(fault));
      return false;
    }
    if (fault == Fault.DELAY) {
      LockSupport.parkNanos(delayNanos());
    }
    boolean cutsRequest = fault == Fault.TRUNCATED && request.hasBody();
    toServer.write(request.bytes());
    request.copyBody(requests, new Counting(toServer), cutsRequest ? 0.5 : 1);
    if (cutsRequest) {
      reset(client);
      return false;
    }
    HttpHead answer = HttpHead.read(answers);
    if (answer == null) {
      throw new EOFException("no answer");
    }
    if (fault == Fault.LOST_ANSWER) {
      reset(client);
      return false;
    }
    toClient.write(answer.bytes());
    if (!request.isHead()) {
      answer.copyBody(answers, toClient, fault == Fault.TRUNCATED ? 0.5 : 1);
    }
    return fault != Fault.TRUNCATED && !answer.closes();
  }

  private static byte[] refusal(Fault fault) {
    boolean slow = fault == Fault.SLOW_DOWN;
    String code = slow ? "SlowDown" : "InternalError";
    String body = "<Error><Code>%s</Code><Message>injected</Message></Error>".formatted(code);
    return "HTTP/1.1 %s\r\nContent-Type: application/xml\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
        .formatted(slow ? "503 Slow Down" : "500 Internal Server Error", body.length(), body)
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      // it is closed
    }
  }

  private static void closeQuietly(Closeable socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // it is closed
    }
  }

  private static void run(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  private final class Counting extends OutputStream {
    private final OutputStream out;

    Counting(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      if (sent.addAndGet(length) >= triggerAt) {
        triggerAt = Long.MAX_VALUE;
        trigger.run();
      }
    }
  }
}
