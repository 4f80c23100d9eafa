package ai.signal;

import ai.signal.storage.Location;
import java.io.IOException;
import java.lang.reflect.Executable;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Finds the parameters of public methods and constructors that take a path. */
public final class PathParameters {
  private static final String NAME =
      "(?i).*(path|director|base|location|init|uri|url|output|file|source|root|folder|dir|where|table|json|model|bucket|store|target(?!s)|destination).*";

  private static final String TYPE =
      ".*(java[.]nio[.]file[.]Path|hadoop[.]fs[.]Path|java[.]net[.]UR[IL]|java[.]io[.]File|storage[.]Location)\\b.*";

  private PathParameters() {}

  /** In the form {@code client.TrainingClient.saveState#path}; overloads are one. */
  public static Set<String> all() throws IOException, URISyntaxException {
    TreeSet<String> found = new TreeSet<>();
    for (Class<?> type : publicTypes()) {
      Stream.concat(Stream.of(type.getDeclaredMethods()), Stream.of(type.getDeclaredConstructors()))
          .filter(call -> Modifier.isPublic(call.getModifiers()) && !call.isSynthetic())
          .forEach(
              call ->
                  Stream.of(call.getParameters())
                      .filter(PathParameters::takesPath)
                      .forEach(parameter -> found.add(name(call, parameter))));
    }
    return found;
  }

  private static boolean takesPath(Parameter parameter) {
    String type = parameter.getParameterizedType().getTypeName();
    return type.matches(TYPE)
        || (type.contains("java.lang.String") && parameter.getName().matches(NAME));
  }

  private static String name(Executable call, Parameter parameter) {
    String type = call.getDeclaringClass().getName().substring("ai.signal.".length());
    String method =
        call.getName().equals(call.getDeclaringClass().getName()) ? "new" : call.getName();
    return type + "." + method + "#" + parameter.getName();
  }

  private static List<Class<?>> publicTypes() throws IOException, URISyntaxException {
    Path classes =
        Path.of(Location.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<Class<?>> types = new ArrayList<>();
    try (Stream<Path> files = Files.walk(classes.resolve("ai/signal"))) {
      for (Path file :
          (Iterable<Path>) files.filter(f -> f.toString().endsWith(".class"))::iterator) {
        String name = classes.relativize(file).toString().replace('/', '.');
        Class<?> type = load(name.substring(0, name.length() - ".class".length()));
        if (isPublic(type)) {
          types.add(type);
        }
      }
    }
    return types;
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name, false, Location.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isPublic(Class<?> type) {
    return Modifier.isPublic(type.getModifiers())
        && (type.getEnclosingClass() == null || isPublic(type.getEnclosingClass()));
  }
}
