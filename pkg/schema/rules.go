package schema

// has is true of a mapping that has all the fields.
func has(fields ...string) object { return object{{"required", fields}} }

// not is true where another schema is not.
func not(of object) object { return object{{"not", of}} }

// exactlyOne demands one of the fields and no other of them.
func exactlyOne(fields ...string) object { return object{{"oneOf", each(fields)}} }

// atLeastOne demands one of the fields or several.
func atLeastOne(fields ...string) object { return either(each(fields)...) }

// each returns a schema for each of the fields, which demands it.
func each(fields []string) []object {
	demands := make([]object, len(fields))
	for i, field := range fields {
		demands[i] = has(field)
	}
	return demands
}

// notTogether refuses all of the fields in one mapping.
func notTogether(fields ...string) object { return not(has(fields...)) }

// needs demands other fields where one is stated.
func needs(field string, others ...string) object {
	return object{{"dependentRequired", object{{field, others}}}}
}

// when demands what then says where a condition is true.
func when(condition, then object) object { return object{{"if", condition}, {"then", then}} }

// all is true where all of the schemas are, either where one of them is.
func all(of ...object) object    { return object{{"allOf", of}} }
func either(of ...object) object { return object{{"anyOf", of}} }

// where is true of a mapping that has a field of which a schema is true.
func where(field string, holds object) object {
	return object{{"properties", object{{field, holds}}}, {"required", []string{field}}}
}

// only demands of a field, where it is stated, what a schema says.
func only(field string, holds object) object { return object{{"properties", object{{field, holds}}}} }

// is is true of a word.
func is(word string) object { return object{{"const", word}} }

// filled is true of a list that is not empty.
var filled = object{{"type", "array"}, {"minItems", 1}}
