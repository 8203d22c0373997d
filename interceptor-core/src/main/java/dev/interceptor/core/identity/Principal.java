package dev.interceptor.core.identity;

/// Who a verified API key stands for.
public record Principal(CustomerId customer, ApiKeyId key) {}
