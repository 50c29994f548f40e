// Package schema says what can be written in a definition, cer/v1: mappings with their fields, what each field holds, which
// are needed, and a sentence on each. The reader asks these tables for names, choices and what is missing, and the JSON
// Schema in schema/cer-v1.json is made of them.
//
// The schema accepts all that the reader accepts. It knows one document of YAML at a time, and neither PromQL nor
// conditions, nor which names there are, so that it does not refuse all that the reader refuses.
package schema
