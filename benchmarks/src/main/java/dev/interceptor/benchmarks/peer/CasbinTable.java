package dev.interceptor.benchmarks.peer;

import java.util.List;
import org.casbin.jcasbin.main.Enforcer;
import org.casbin.jcasbin.model.Model;

/// jCasbin's plain enforcer: an access control list with deny override.
public final class CasbinTable implements ToolTable {
  private final Enforcer enforcer;

  public CasbinTable(List<String> tools) {
    Model model = new Model();
    model.addDef("r", "r", "sub, obj, act");
    model.addDef("p", "p", "sub, obj, act, eft");
    model.addDef("e", "e", "some(where (p.eft == allow)) && !some(where (p.eft == deny))");
    model.addDef("m", "m", "r.sub == p.sub && r.obj == p.obj && r.act == p.act");
    enforcer = new Enforcer(model);
    for (String tool : tools) {
      enforcer.addPolicy(
          "agent", tool, "call", ToolTable.isAllowed(tool, tools) ? "allow" : "deny");
    }
  }

  @Override
  public boolean permits(String tool, String action) {
    return enforcer.enforce("agent", tool, action);
  }
}
