package ai.signal.storage;

import java.util.List;
import java.util.regex.Pattern;

/** Keys and tokens that are known by their shape, wherever they stand in a path or a text. */
final class TokenShapes {
  /** The kind of credentials, in messages. */
  static final String KIND = "a token";

  /**
   * Prefixes as their issuers document them, each with a minimum length that names of files do not
   * reach.
   */
  private static final List<String> SHAPES =
      List.of(
          "hf_[A-Za-z0-9]{20,}", // Hugging Face, user access tokens
          "gh[pousr]_[A-Za-z0-9]{16,}", // GitHub, formats of authentication tokens
          "github_pat_[A-Za-z0-9_]{16,}", // GitHub, fine-grained personal access tokens
          "glpat-[A-Za-z0-9_-]{16,}", // GitLab, personal access tokens
          "sk-(?:proj|ant|live|test|svcacct)-[A-Za-z0-9_-]{20,}", // OpenAI, Anthropic
          "sk-[A-Za-z0-9]{20,}", // OpenAI, API keys of the first format
          "[rs]k_(?:live|test)_[A-Za-z0-9]{10,}", // Stripe
          "xox[a-z]-[A-Za-z0-9-]{10,}", // Slack, token types
          "(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,}", // AWS IAM, unique identifiers of access keys
          "AIza[A-Za-z0-9_-]{30,}", // Google Cloud, API keys
          "ya29\\.[A-Za-z0-9_-]{16,}", // Google, OAuth 2.0 access tokens
          "dapi[0-9a-f]{32}", // Databricks, personal access tokens
          "eyJ[A-Za-z0-9_-]{6,}\\.[A-Za-z0-9_-]{6,}"); // JSON Web Tokens, RFC 7519

  private static final Pattern TOKEN =
      Pattern.compile("(?<![A-Za-z0-9])(?:%s)".formatted(String.join("|", SHAPES)));

  /** RFC 6750, as a header has it; RFC 7468, the first line of a key in text. */
  private static final Pattern HEADER =
      Pattern.compile(
          "(?<![A-Za-z0-9])Bearer\\s+[A-Za-z0-9._~+=-]{7,}|-----BEGIN|(?i:authorization\\s*:)");

  private TokenShapes() {}

  /** Returns whether a word has a token in it. */
  static boolean areIn(String word) {
    return TOKEN.matcher(word).find();
  }

  /** Returns whether a path has a header or a key in it that contains spaces. */
  static boolean withSpacesAreIn(String path) {
    return HEADER.matcher(path).find();
  }
}
