package dev.interceptor.server.demo;

import static dev.interceptor.server.demo.DemoArguments.number;
import static dev.interceptor.server.demo.DemoArguments.text;
import static dev.interceptor.server.demo.DemoArguments.texts;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.server.demo.DemoTool.ToolFailure;
import dev.interceptor.server.demo.DemoWorld.Customer;
import dev.interceptor.server.demo.DemoWorld.Mail;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// The thirteen tools of the demo company (SPEC §12).
final class DemoTools {
  private static final Pattern EMAIL = Pattern.compile("[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+");
  private static final Pattern ACCOUNT =
      Pattern.compile("\\b[A-Z]{2}\\d{2}(?: ?[A-Z0-9]{2,4}){3,8}\\b");
  private static final Pattern PHONE = Pattern.compile("\\+\\d{1,3}(?: \\d{1,5}){2,5}");

  private final DemoWorld world = new DemoWorld();
  private final Map<String, DemoTool> tools = new LinkedHashMap<>();

  private DemoTools() {}

  static DemoTools create() {
    DemoTools demo = new DemoTools();
    demo.addReads();
    demo.addFiles();
    demo.addWrites();
    return demo;
  }

  List<DemoTool> all() {
    return List.copyOf(tools.values());
  }

  Optional<DemoTool> find(String name) {
    return Optional.ofNullable(tools.get(name));
  }

  private void addReads() {
    add(
        "list_customers",
        "Lists the ids and names of all customers.",
        Schema.of(),
        _ -> listCustomers());
    add(
        "read_customer",
        "Reads one customer's record: contact details, account, notes.",
        Schema.of().text("id", "customer id, such as c-1001"),
        DemoTools::readCustomer);
    add(
        "search_mail",
        "Searches the inbox for a word in sender, subject or text.",
        Schema.of().text("query", "what to look for; empty finds all"),
        DemoTools::searchMail);
    add(
        "read_mail",
        "Reads one mail.",
        Schema.of().text("id", "mail id, such as m-1"),
        DemoTools::readMail);
    add(
        "web_fetch",
        "Fetches a web page as text.",
        Schema.of().text("url", "absolute https address"),
        DemoTools::webFetch);
  }

  private void addFiles() {
    add(
        "read_file",
        "Reads a text file of the shared folder.",
        Schema.of().text("path", "absolute path under /home/demo"),
        this::readFile);
    add(
        "write_file",
        "Writes a text file of the shared folder, replacing what was there.",
        Schema.of()
            .text("path", "absolute path under /home/demo")
            .text("content", "the whole text"),
        this::writeFile);
  }

  private void addWrites() {
    add(
        "send_email",
        "Sends a mail.",
        Schema.of().texts("to", "addresses").text("subject", "one line").text("body", "plain text"),
        arguments -> {
          ObjectNode done = receipt("sent", "mail");
          done.put("recipients", texts(arguments, "to").size());
          done.put("subject", text(arguments, "subject"));
          text(arguments, "body");
          return done;
        });
    add(
        "wire_transfer",
        "Transfers money from the company's account.",
        Schema.of()
            .text("recipient", "name and account")
            .number("amount", "in units of the currency")
            .text("currency", "ISO 4217, such as EUR"),
        this::wireTransfer);
    add(
        "create_event",
        "Creates a calendar event and invites people.",
        Schema.of()
            .text("title", "one line")
            .text("start", "ISO 8601 date and time")
            .texts("participants", "addresses"),
        arguments ->
            receipt("created", "event")
                .put("title", text(arguments, "title"))
                .put("start", text(arguments, "start"))
                .put("participants", texts(arguments, "participants").size()));
    add(
        "post_message",
        "Posts a message to a team channel.",
        Schema.of().mirrored("channel", "such as general", "Channel").text("text", "the message"),
        arguments -> {
          text(arguments, "text");
          return receipt("posted", "message").put("channel", text(arguments, "channel"));
        });
    add(
        "run_shell",
        "Runs a shell command on the server.",
        Schema.of().text("command", "one line"),
        arguments -> object().put("exit_code", 0).put("output", "$ " + text(arguments, "command")));
    add(
        "redact",
        "Replaces mail addresses, phone and account numbers in a text.",
        Schema.of().text("text", "any text"),
        arguments -> object().put("text", redacted(text(arguments, "text"))));
  }

  private void add(String name, String description, Schema schema, DemoTool.Behaviour behaviour) {
    ObjectNode definition = object().put("name", name).put("description", description);
    definition.set("inputSchema", schema.toJson());
    tools.put(name, new DemoTool(name, definition, behaviour));
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  private static ObjectNode listCustomers() {
    ObjectNode result = object();
    ArrayNode customers = result.putArray("customers");
    for (Customer customer : DemoWorld.CUSTOMERS) {
      customers.addObject().put("id", customer.id()).put("name", customer.name());
    }
    return result;
  }

  private static ObjectNode readCustomer(JsonObject arguments) throws ToolFailure {
    Customer customer =
        DemoWorld.customer(text(arguments, "id"))
            .orElseThrow(() -> new ToolFailure("there is no customer of that id"));
    return object()
        .put("id", customer.id())
        .put("name", customer.name())
        .put("email", customer.email())
        .put("phone", customer.phone())
        .put("account", customer.account())
        .put("address", customer.address())
        .put("tier", customer.tier())
        .put("note", customer.note());
  }

  private static ObjectNode searchMail(JsonObject arguments) throws ToolFailure {
    String query = text(arguments, "query").toLowerCase(Locale.ROOT);
    ObjectNode result = object();
    ArrayNode mails = result.putArray("mails");
    for (Mail mail : DemoWorld.MAILS) {
      String all = mail.from() + "\n" + mail.subject() + "\n" + mail.body();
      if (all.toLowerCase(Locale.ROOT).contains(query)) {
        mails
            .addObject()
            .put("id", mail.id())
            .put("from", mail.from())
            .put("subject", mail.subject())
            .put("received", mail.received());
      }
    }
    return result;
  }

  private static ObjectNode readMail(JsonObject arguments) throws ToolFailure {
    Mail mail =
        DemoWorld.mail(text(arguments, "id"))
            .orElseThrow(() -> new ToolFailure("there is no mail of that id"));
    return object()
        .put("id", mail.id())
        .put("from", mail.from())
        .put("subject", mail.subject())
        .put("received", mail.received())
        .put("body", mail.body());
  }

  private static ObjectNode webFetch(JsonObject arguments) throws ToolFailure {
    String url = text(arguments, "url");
    String page =
        Optional.ofNullable(DemoWorld.PAGES.get(url))
            .orElseThrow(() -> new ToolFailure("there is no page at that address"));
    return object().put("url", url).put("text", page);
  }

  private ObjectNode readFile(JsonObject arguments) throws ToolFailure {
    String path = text(arguments, "path");
    String content =
        world.file(path).orElseThrow(() -> new ToolFailure("there is no file of that path"));
    return object().put("path", path).put("content", content);
  }

  private ObjectNode writeFile(JsonObject arguments) throws ToolFailure {
    String path = text(arguments, "path");
    String content = text(arguments, "content");
    if (!world.write(path, content)) {
      throw new ToolFailure("the file cannot be written there");
    }
    return object().put("path", path).put("characters", content.length());
  }

  private ObjectNode wireTransfer(JsonObject arguments) throws ToolFailure {
    return receipt("transferred", "tx")
        .put("recipient", text(arguments, "recipient"))
        .put("amount", number(arguments, "amount"))
        .put("currency", text(arguments, "currency"));
  }

  private ObjectNode receipt(String status, String prefix) {
    return object().put("status", status).put("receipt", world.receipt(prefix));
  }

  private static String redacted(String text) {
    String withoutMail = EMAIL.matcher(text).replaceAll("[email]");
    String withoutAccount = ACCOUNT.matcher(withoutMail).replaceAll("[account]");
    return PHONE.matcher(withoutAccount).replaceAll("[phone]");
  }
}
