# cer by Terraform: the data source, the dashboards and the alert rules of this repository, read from its files.
terraform {
  required_version = ">= 1.5"
  required_providers {
    grafana = {
      source  = "grafana/grafana"
      version = "~> 4.9"
    }
  }
}

variable "store_url" {
  type        = string
  description = "The address of a store that speaks Prometheus' HTTP API, as Grafana reaches it."
}

variable "catalog" {
  type        = string
  description = "The file with the catalog, at most 48 KiB."
  default     = "../catalog.yaml"
}

locals {
  root   = "${path.module}/../.."
  groups = yamldecode(file("${local.root}/provisioning/alerting/states.yaml")).groups
}

resource "grafana_data_source" "cer" {
  type = "cer-reliability-datasource"
  name = "cer"
  uid  = "cer" # by which the alert rules name it
  url  = var.store_url
  json_data_encoded = jsonencode({
    definition   = file("${path.module}/${var.catalog}")
    timeInterval = "15s"
  })
}

resource "grafana_folder" "cer" {
  uid   = "cer"
  title = "cer"
}

resource "grafana_dashboard" "cer" {
  for_each    = fileset("${local.root}/dashboards", "*.json")
  folder      = grafana_folder.cer.uid
  config_json = file("${local.root}/dashboards/${each.value}")
}

resource "grafana_rule_group" "states" {
  for_each         = { for group in local.groups : group.name => group }
  name             = each.key
  folder_uid       = grafana_folder.cer.uid
  interval_seconds = trimsuffix(each.value.interval, "m") * 60

  dynamic "rule" {
    for_each = each.value.rules
    content {
      uid            = rule.value.uid
      name           = rule.value.title
      condition      = rule.value.condition
      for            = rule.value.for
      no_data_state  = rule.value.noDataState
      exec_err_state = rule.value.execErrState
      labels         = rule.value.labels
      annotations    = rule.value.annotations

      dynamic "data" {
        for_each = rule.value.data
        content {
          ref_id         = data.value.refId
          datasource_uid = data.value.datasourceUid
          model          = jsonencode(data.value.model)
          relative_time_range {
            from = data.value.relativeTimeRange.from
            to   = data.value.relativeTimeRange.to
          }
        }
      }
    }
  }
  depends_on = [grafana_data_source.cer, grafana_dashboard.cer]
}
