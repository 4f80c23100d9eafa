package ai.signal.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import py4j.GatewayServer;
import py4j.StringUtil;

/**
 * What a notebook's Python does: calls to a real py4j server, in the text protocol that Python
 * speaks. The server finds methods by name and by what the arguments could be.
 */
final class Py4j implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final GatewayServer server;
  private final Socket socket;
  private final BufferedReader in;
  private final Writer out;

  /** The reference of an exception that a call threw. */
  static final class Thrown extends Exception {
    private static final long serialVersionUID = 1L;

    Thrown(String reference) {
      super(reference);
    }
  }

  /**
   * @param entryPoint that Python sees as {@code t}
   */
  Py4j(Object entryPoint) throws IOException {
    this.server = new GatewayServer(entryPoint, 0);
    server.start();
    this.socket = new Socket(InetAddress.getLoopbackAddress(), server.getListeningPort());
    this.in =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    this.out = new OutputStreamWriter(socket.getOutputStream(), StandardCharsets.UTF_8);
  }

  /**
   * Calls a method.
   *
   * @param target {@code t}, a reference, or {@code z:} and a class for its static methods
   * @param arguments strings, whole numbers, numbers, or {@link Reference}s
   * @return a string, boolean or reference
   * @throws Thrown what the method threw
   */
  String call(String target, String method, Object... arguments) throws Exception {
    StringBuilder command = new StringBuilder("c\n" + target + "\n" + method + "\n");
    for (Object argument : arguments) {
      command.append(argument(argument)).append('\n');
    }
    out.write(command + "e\n");
    out.flush();
    String answer = in.readLine(); // !y and the type of a value, or !x of an exception
    if (answer.startsWith("!xr")) {
      throw new Thrown(answer.substring(3));
    }
    if (!answer.startsWith("!y")) {
      throw new IllegalStateException("py4j answers " + answer);
    }
    return answer.startsWith("!ys")
        ? StringUtil.unescape(answer.substring(3))
        : answer.substring(3);
  }

  /** The same of a method whose answer is JSON. */
  JsonNode json(String target, String method, Object... arguments) throws Exception {
    return parse(call(target, method, arguments));
  }

  static JsonNode parse(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(json, e);
    }
  }

  /** An object of the JVM that a call gave. */
  record Reference(String id) {}

  private static String argument(Object argument) {
    if (argument instanceof Reference reference) {
      return "r" + reference.id();
    }
    if (argument instanceof Integer) {
      return "i" + argument;
    }
    return argument instanceof Double ? "d" + argument : "s" + escaped(argument.toString());
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\r", "\\r").replace("\n", "\\n");
  }

  @Override
  public void close() throws IOException {
    socket.close();
    server.shutdown();
  }
}
